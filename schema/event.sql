-- The event log: everything that happened, in the order it was recorded, for ever.
-- position is global and gapless from 0 (the genesis row). dialog is the position of the event that
-- opened the dialog, version counts within it; both are null for events of no dialog. Times are
-- microseconds since 1970: occurred_at the server's, recorded_at ours. The hashes chain every row
-- to the one before; docs/log-format.md says over which bytes.
CREATE TABLE event (
  position      INTEGER PRIMARY KEY,
  dialog        INTEGER,
  version       INTEGER,
  type          TEXT NOT NULL,
  occurred_at   INTEGER NOT NULL,
  recorded_at   INTEGER NOT NULL,
  data          TEXT NOT NULL,
  format        INTEGER NOT NULL,
  evidence_hash BLOB,
  previous_hash BLOB NOT NULL,
  hash          BLOB NOT NULL
) STRICT;
