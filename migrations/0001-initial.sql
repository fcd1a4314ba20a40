-- The first schema: log, evidence, projection, views.

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

-- The history of one dialog, in order. Unique: a writer that works from a stale copy of a dialog
-- fails here instead of forking its history.
CREATE UNIQUE INDEX event_of_dialog ON event (dialog, version) WHERE dialog IS NOT NULL;

-- What happened to the recording itself: links, gaps, retention. Few among many.
CREATE INDEX event_of_no_dialog ON event (type, position) WHERE dialog IS NULL;

-- Rows are only ever added at the head, on the head's hash, as the next version of their dialog.
-- (INSERT OR REPLACE would otherwise rewrite history.)
CREATE TRIGGER event_append BEFORE INSERT ON event
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

-- What was recorded stays as it was recorded.
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN
  SELECT RAISE(ABORT, 'event log: rows are never changed');
END;

-- What was recorded stays.
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN
  SELECT RAISE(ABORT, 'event log: rows are never deleted');
END;

-- The evidence: the bytes of a message as they came. direction is in (from the network) or out;
-- peer is where from or to, as protocol/address:port, empty where the server did not say.
-- event.evidence_hash covers all three columns, so the chain stands without the bytes.
CREATE TABLE sip_message (
  position  INTEGER PRIMARY KEY,
  direction TEXT NOT NULL,
  peer      TEXT NOT NULL,
  bytes     BLOB NOT NULL
) STRICT;

-- Evidence belongs to an event that has a hash for it, and is added once, in order.
CREATE TRIGGER sip_message_append BEFORE INSERT ON sip_message
BEGIN
  SELECT CASE
    WHEN NEW.position <= (SELECT max(position) FROM sip_message)
      THEN RAISE(ABORT, 'evidence: already there')
    WHEN (SELECT evidence_hash FROM event WHERE position = NEW.position) IS NULL
      THEN RAISE(ABORT, 'evidence: no event to belong to')
  END;
END;

-- Evidence is never changed.
CREATE TRIGGER sip_message_no_update BEFORE UPDATE ON sip_message
BEGIN
  SELECT RAISE(ABORT, 'evidence: never changed');
END;

-- Evidence goes only by retention: an evidence-dropped event must say through which position.
CREATE TRIGGER sip_message_no_delete BEFORE DELETE ON sip_message
BEGIN
  SELECT RAISE(ABORT, 'evidence: deleted only up to where an evidence-dropped event says')
  WHERE OLD.position > coalesce(
    (SELECT max(json_extract(data, '$.count')) FROM event
      WHERE type = 'evidence-dropped' AND dialog IS NULL), -1);
END;

-- The current state of every dialog: a projection, dropped and refilled from the log at will
-- (dialog-replay rebuild). id is the position of the event that opened the dialog; call_key is the
-- FNV-1a hash of the Call-ID, for look-up; tracking is what the next message is judged by.
CREATE TABLE dialog (
  id                  INTEGER PRIMARY KEY,
  server              TEXT NOT NULL,
  dialog_id           TEXT NOT NULL,
  call_id             TEXT NOT NULL,
  call_key            INTEGER NOT NULL,
  role                TEXT NOT NULL,
  state               TEXT NOT NULL,
  calling_user        TEXT,
  calling_display     TEXT,
  calling_privacy     TEXT,
  called_user         TEXT,
  called_display      TEXT,
  called_privacy      TEXT,
  start_time          INTEGER,
  connect_time        INTEGER,
  end_time            INTEGER,
  local_tag           TEXT,
  local_sdp           TEXT,
  local_content_type  TEXT,
  local_user          TEXT,
  local_address       TEXT,
  local_port          INTEGER,
  remote_tag          TEXT,
  remote_sdp          TEXT,
  remote_content_type TEXT,
  remote_user         TEXT,
  remote_address      TEXT,
  remote_port         INTEGER,
  hold                TEXT NOT NULL,
  status              INTEGER,
  cause               TEXT,
  reason              TEXT,
  session             TEXT NOT NULL,
  version             INTEGER NOT NULL,
  last_position       INTEGER NOT NULL,
  closed_at           INTEGER,
  last_heard          INTEGER NOT NULL,
  tracking            TEXT NOT NULL
) STRICT;

-- Finds a closed dialog by its Call-ID: narrow, as Call-IDs are long and random.
CREATE INDEX dialog_by_call ON dialog (call_key);

-- Calls by when they began: lists and time travel.
CREATE INDEX dialog_by_start ON dialog (start_time);

-- Start-up reads the open dialogs: cost grows with open calls, not with history.
CREATE INDEX dialog_open ON dialog (id) WHERE state <> 'terminated';

-- How far each capture has been imported: the SHA-256 of the file, and the bytes of it that are in
-- the log, noted in the same transaction as the events.
CREATE TABLE import (
  digest      BLOB PRIMARY KEY,
  name        TEXT NOT NULL,
  size        INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;

-- One row a call: who, when, how long, how it ended. Times are RFC 3339 in UTC, durations seconds.
CREATE VIEW call_record AS
SELECT
  id,
  server,
  call_id,
  dialog_id,
  role,
  state,
  calling_user AS caller,
  calling_display AS caller_name,
  called_user AS callee,
  called_display AS callee_name,
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000) AS start_time,
  strftime('%Y-%m-%dT%H:%M:%S', connect_time / 1000000, 'unixepoch')
    || printf('.%06dZ', connect_time % 1000000) AS connect_time,
  strftime('%Y-%m-%dT%H:%M:%S', end_time / 1000000, 'unixepoch')
    || printf('.%06dZ', end_time % 1000000) AS end_time,
  round((coalesce(connect_time, end_time) - start_time) / 1e6, 6) AS setup_seconds,
  round((end_time - connect_time) / 1e6, 6) AS talk_seconds,
  CASE
    WHEN state <> 'terminated' THEN 'active'
    WHEN connect_time IS NOT NULL THEN 'answered'
    WHEN cause IN ('cancelled', 'proxied', 'lost', 'challenged') THEN cause
    WHEN status IN (486, 600) THEN 'busy'
    WHEN status IN (408, 480) THEN 'no-answer'
    ELSE 'failed'
  END AS disposition,
  status,
  cause,
  reason,
  session
FROM dialog;

-- The calls that are up, or being set up, as far as the log knows.
CREATE VIEW active_call AS
SELECT
  id,
  server,
  call_id,
  dialog_id,
  role,
  state,
  calling_user AS caller,
  called_user AS callee,
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000) AS start_time,
  strftime('%Y-%m-%dT%H:%M:%S', connect_time / 1000000, 'unixepoch')
    || printf('.%06dZ', connect_time % 1000000) AS connect_time,
  hold,
  remote_address,
  remote_port,
  session
FROM dialog
WHERE state <> 'terminated';

-- Every event of every call, with the call's ids: history in one SELECT.
CREATE VIEW call_event AS
SELECT
  event.position,
  dialog.server,
  dialog.call_id,
  dialog.dialog_id,
  dialog.role,
  event.version,
  event.type,
  strftime('%Y-%m-%dT%H:%M:%S', event.occurred_at / 1000000, 'unixepoch')
    || printf('.%06dZ', event.occurred_at % 1000000) AS occurred_at,
  json_extract(event.data, '$.direction') AS direction,
  json_extract(event.data, '$.method') AS method,
  json_extract(event.data, '$.status') AS status,
  event.data
FROM event
JOIN dialog ON dialog.id = event.dialog;

-- When the recorder was blind, per server: from the loss of a link to its return (ended null while
-- it lasts), after a crash from the last event to the next link-up, and every gap that was noted.
CREATE VIEW coverage_gap AS
WITH link AS (
  SELECT
    position,
    type,
    occurred_at,
    json_extract(data, '$.server') AS server,
    json_extract(data, '$.detail') AS detail,
    lag(type) OVER up_to AS previous_type,
    lag(occurred_at) OVER up_to AS previous_at,
    lead(type) OVER up_to AS next_type
  FROM event
  WHERE dialog IS NULL AND type IN ('link-up', 'link-down')
  WINDOW up_to AS (PARTITION BY json_extract(data, '$.server') ORDER BY position)
), blind AS (
  SELECT server, previous_at AS began, occurred_at AS ended, position,
         'link lost' AS why
  FROM link WHERE type = 'link-up' AND previous_type = 'link-down'
  UNION ALL
  SELECT server, (SELECT e.recorded_at FROM event AS e WHERE e.position = link.position - 1),
         occurred_at, position, 'recorder was not running'
  FROM link WHERE type = 'link-up' AND previous_type = 'link-up'
  UNION ALL
  SELECT server, occurred_at, NULL, position, coalesce(detail, 'link lost')
  FROM link WHERE type = 'link-down' AND next_type IS NULL
  UNION ALL
  SELECT json_extract(data, '$.server'), coalesce(json_extract(data, '$.since'), occurred_at),
         occurred_at, position, json_extract(data, '$.detail')
  FROM event WHERE dialog IS NULL AND type = 'gap'
)
SELECT
  server,
  strftime('%Y-%m-%dT%H:%M:%S', began / 1000000, 'unixepoch')
    || printf('.%06dZ', began % 1000000) AS began,
  strftime('%Y-%m-%dT%H:%M:%S', ended / 1000000, 'unixepoch')
    || printf('.%06dZ', ended % 1000000) AS ended,
  round((ended - began) / 1e6, 6) AS seconds,
  why,
  position
FROM blind;
