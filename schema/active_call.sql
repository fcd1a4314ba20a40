-- This view shows the calls that are up, or being set up, as far as the log knows. It says CROSS JOIN
-- for SQLite to begin with the few calls that are open, however long the log is.
CREATE VIEW active_call AS
SELECT
  open_dialog.id,
  server,
  call_id,
  dialog_id,
  role,
  open_dialog.state,
  calling_user AS caller,
  called_user AS callee,
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000) AS start_time,
  strftime('%Y-%m-%dT%H:%M:%S', open_dialog.connect_time / 1000000, 'unixepoch')
    || printf('.%06dZ', open_dialog.connect_time % 1000000) AS connect_time,
  open_dialog.hold,
  open_dialog.remote_address,
  open_dialog.remote_port,
  open_dialog.session
FROM open_dialog
CROSS JOIN dialog ON dialog.id = open_dialog.id;
