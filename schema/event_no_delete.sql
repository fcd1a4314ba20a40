-- What was recorded stays.
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN
  SELECT RAISE(ABORT, 'event log: rows are never deleted');
END;
