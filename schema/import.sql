-- How far each capture has been imported: the SHA-256 of the file, and the bytes of it that are in
-- the log, noted in the same transaction as the events.
CREATE TABLE import (
  digest      BLOB PRIMARY KEY,
  name        TEXT NOT NULL,
  size        INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
