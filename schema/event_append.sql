-- Rows are only ever added at the head, on the head's hash, as the next version of their dialog.
-- (INSERT OR REPLACE would otherwise rewrite history.) The condition is what each row costs: two
-- look-ups. Which rule was broken is worked out only then.
CREATE TRIGGER event_append BEFORE INSERT ON event
WHEN NEW.version IS NOT CASE
    WHEN NEW.dialog IS NULL THEN NULL
    WHEN NEW.dialog = NEW.position THEN 1
    ELSE (SELECT max(version) + 1 FROM event WHERE dialog = NEW.dialog)
  END
  OR (NEW.position - 1, NEW.previous_hash)
    IS NOT (SELECT position, hash FROM event ORDER BY position DESC LIMIT 1)
BEGIN
  SELECT CASE
    WHEN NEW.position IS NOT (SELECT coalesce(max(position), -1) + 1 FROM event)
      THEN RAISE(ABORT, 'event log: position must be the head''s plus one')
    WHEN NEW.position > 0
      AND NEW.previous_hash IS NOT (SELECT hash FROM event WHERE position = NEW.position - 1)
      THEN RAISE(ABORT, 'event log: previous_hash must be the head''s hash')
    WHEN NEW.version IS NOT CASE
        WHEN NEW.dialog IS NULL THEN NULL
        WHEN NEW.dialog = NEW.position THEN 1
        ELSE (SELECT max(version) + 1 FROM event WHERE dialog = NEW.dialog)
      END
      THEN RAISE(ABORT, 'event log: version must be the dialog''s next')
  END;
END;
