-- Calls by when they began: lists and time travel.
CREATE INDEX dialog_by_start ON dialog (start_time);
