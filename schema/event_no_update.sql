-- What was recorded stays as it was recorded.
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN
  SELECT RAISE(ABORT, 'event log: rows are never changed');
END;
