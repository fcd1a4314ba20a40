-- Start-up reads the open dialogs: cost grows with open calls, not with history.
CREATE INDEX dialog_open ON dialog (id) WHERE state <> 'terminated';
