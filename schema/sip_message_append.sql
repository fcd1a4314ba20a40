-- Evidence belongs to an event that has a hash for it, and is added once.
CREATE TRIGGER sip_message_append BEFORE INSERT ON sip_message
BEGIN
  SELECT RAISE(ABORT, 'evidence: no event to belong to')
  WHERE (SELECT evidence_hash FROM event WHERE position = NEW.position) IS NULL;
  SELECT RAISE(ABORT, 'evidence: already there')
  WHERE EXISTS (SELECT 1 FROM sip_message WHERE position = NEW.position);
END;
