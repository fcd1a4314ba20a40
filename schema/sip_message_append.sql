-- Evidence belongs to an event that has a hash for it, and is added once, in order.
CREATE TRIGGER sip_message_append BEFORE INSERT ON sip_message
WHEN NEW.position <= (SELECT max(position) FROM sip_message)
  OR (SELECT evidence_hash FROM event WHERE position = NEW.position) IS NULL
BEGIN
  SELECT CASE
    WHEN NEW.position <= (SELECT max(position) FROM sip_message)
      THEN RAISE(ABORT, 'evidence: already there')
    ELSE RAISE(ABORT, 'evidence: no event to belong to')
  END;
END;
