-- Evidence is never changed.
CREATE TRIGGER sip_message_no_update BEFORE UPDATE ON sip_message
BEGIN
  SELECT RAISE(ABORT, 'evidence: never changed');
END;
