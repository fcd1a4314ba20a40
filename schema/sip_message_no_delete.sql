-- Evidence goes only by retention: an evidence-dropped event must say through which position.
CREATE TRIGGER sip_message_no_delete BEFORE DELETE ON sip_message
BEGIN
  SELECT RAISE(ABORT, 'evidence: deleted only up to where an evidence-dropped event says')
  WHERE OLD.position > coalesce(
    (SELECT max(json_extract(data, '$.count')) FROM event
      WHERE type = 'evidence-dropped' AND dialog IS NULL), -1);
END;
