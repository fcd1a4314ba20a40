-- This migration moves the columns that change with each event to open_dialog, a narrow table of the
-- open legs; parts the index of Call-IDs into buckets; and has the triggers of the log look up less. It
-- leaves both tables of dialogs empty: whoever writes the log next refills them from the events.
DROP VIEW call_record;
DROP VIEW active_call;
DROP VIEW call_event;
DROP TABLE dialog;
DROP TRIGGER event_append;
DROP TRIGGER sip_message_append;
-- Every leg: who, when, how it ended. A projection, dropped and refilled from the log at will
-- (dialog-replay rebuild). id is the position of the event that opened the leg; call_key is the
-- FNV-1a hash of the Call-ID, for look-up; local_sdp_at and remote_sdp_at are the positions of the
-- events that carried the SDP; invite is the transaction that the leg stands on.
--
-- A row is written when the leg opens and when it ends. All from connect_time on is null while the
-- leg is open, and stands in open_dialog meanwhile: the view leg has every leg as it is.
CREATE TABLE dialog (
  id              INTEGER PRIMARY KEY,
  server          TEXT NOT NULL,
  dialog_id       TEXT NOT NULL,
  call_id         TEXT NOT NULL,
  call_key        INTEGER NOT NULL,
  role            TEXT NOT NULL,
  calling_user    TEXT,
  calling_display TEXT,
  calling_privacy TEXT,
  called_user     TEXT,
  called_display  TEXT,
  called_privacy  TEXT,
  start_time      INTEGER,
  invite          TEXT NOT NULL,
  connect_time    INTEGER,
  end_time        INTEGER,
  closed_at       INTEGER,
  status          INTEGER,
  cause           TEXT,
  reason          TEXT,
  q850_cause      INTEGER,
  local_tag       TEXT,
  local_sdp_at    INTEGER,
  local_user      TEXT,
  local_address   TEXT,
  local_port      INTEGER,
  remote_tag      TEXT,
  remote_sdp_at   INTEGER,
  remote_user     TEXT,
  remote_address  TEXT,
  remote_port     INTEGER,
  hold            TEXT,
  session         TEXT,
  last_heard      INTEGER,
  tracking        TEXT
) STRICT;
-- Finds the legs of a Call-ID, bucket by bucket of 32,768 positions, the newest first. Call-IDs are
-- random: an index of them all would have a page to write anywhere in the file for each new call,
-- and be the dearer the longer the log is.
CREATE INDEX dialog_by_call ON dialog (id >> 15, call_key);
-- Calls by when they began: lists and time travel.
CREATE INDEX dialog_by_start ON dialog (start_time);
-- The legs that are open, one narrow row each: what changes from event to event. Written in every
-- commit, deleted when the leg ends; so whoever starts reads as many rows as there are open legs.
-- tracking is what the next message is judged by.
CREATE TABLE open_dialog (
  id             INTEGER PRIMARY KEY,
  state          TEXT NOT NULL,
  connect_time   INTEGER,
  status         INTEGER,
  local_tag      TEXT,
  local_sdp_at   INTEGER,
  local_user     TEXT,
  local_address  TEXT,
  local_port     INTEGER,
  remote_tag     TEXT,
  remote_sdp_at  INTEGER,
  remote_user    TEXT,
  remote_address TEXT,
  remote_port    INTEGER,
  hold           TEXT NOT NULL,
  session        TEXT NOT NULL,
  version        INTEGER NOT NULL,
  last_position  INTEGER NOT NULL,
  last_heard     INTEGER NOT NULL,
  tracking       TEXT NOT NULL
) STRICT;
-- Every leg as it stands, open or ended. How far the events of one that has ended go, the events
-- themselves tell: what comes after the end (the answer to its BYE) changes no row.
CREATE VIEW leg AS
SELECT
  dialog.id,
  server,
  dialog_id,
  call_id,
  call_key,
  role,
  coalesce(open_dialog.state, 'terminated') AS state,
  calling_user,
  calling_display,
  calling_privacy,
  called_user,
  called_display,
  called_privacy,
  start_time,
  invite,
  coalesce(open_dialog.connect_time, dialog.connect_time) AS connect_time,
  end_time,
  closed_at,
  coalesce(open_dialog.status, dialog.status) AS status,
  cause,
  reason,
  q850_cause,
  coalesce(open_dialog.local_tag, dialog.local_tag) AS local_tag,
  coalesce(open_dialog.local_sdp_at, dialog.local_sdp_at) AS local_sdp_at,
  coalesce(open_dialog.local_user, dialog.local_user) AS local_user,
  coalesce(open_dialog.local_address, dialog.local_address) AS local_address,
  coalesce(open_dialog.local_port, dialog.local_port) AS local_port,
  coalesce(open_dialog.remote_tag, dialog.remote_tag) AS remote_tag,
  coalesce(open_dialog.remote_sdp_at, dialog.remote_sdp_at) AS remote_sdp_at,
  coalesce(open_dialog.remote_user, dialog.remote_user) AS remote_user,
  coalesce(open_dialog.remote_address, dialog.remote_address) AS remote_address,
  coalesce(open_dialog.remote_port, dialog.remote_port) AS remote_port,
  coalesce(open_dialog.hold, dialog.hold) AS hold,
  coalesce(open_dialog.session, dialog.session) AS session,
  coalesce(open_dialog.version, (
    SELECT version FROM event WHERE event.dialog = dialog.id ORDER BY version DESC LIMIT 1
  )) AS version,
  coalesce(open_dialog.last_position, (
    SELECT position FROM event WHERE event.dialog = dialog.id ORDER BY version DESC LIMIT 1
  )) AS last_position,
  coalesce(open_dialog.last_heard, dialog.last_heard) AS last_heard,
  coalesce(open_dialog.tracking, dialog.tracking) AS tracking,
  (
    SELECT json_extract(data, '$.sdp') FROM event
    WHERE position = coalesce(open_dialog.local_sdp_at, dialog.local_sdp_at)
  ) AS local_sdp,
  (
    SELECT json_extract(data, '$.sdp') FROM event
    WHERE position = coalesce(open_dialog.remote_sdp_at, dialog.remote_sdp_at)
  ) AS remote_sdp
FROM dialog
LEFT JOIN open_dialog ON open_dialog.id = dialog.id;
-- One row a leg: who, when, how long, how it ended. Times are RFC 3339 in UTC, durations seconds.
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
    WHEN connect_time IS NOT NULL OR json_extract(tracking, '$.inferred') THEN 'answered'
    WHEN cause = 'cancelled' AND json_extract(tracking, '$.completed_elsewhere')
      THEN 'answered-elsewhere'
    WHEN cause IN ('cancelled', 'proxied', 'lost', 'challenged') THEN cause
    WHEN cause IN ('far-end-release', 'near-end-release')
      AND json_extract(invite, '$.transaction_id') IS NOT NULL
      THEN 'cancelled'
    -- Known from call records alone, and none of them told an answer: it may have gone to another
    -- client (a gap says so). A caller may also hang up before the answer (RFC 3261 15); a callee
    -- and the server send BYE only after it.
    WHEN (role, cause) IN (VALUES ('uas', 'far-end-release'), ('uac', 'near-end-release'))
      THEN 'unknown'
    WHEN cause IN ('far-end-release', 'near-end-release', 'session-expired', 'ack-timeout',
                   'server-release')
      THEN 'answered'
    WHEN status IN (486, 600) THEN 'busy'
    WHEN status IN (408, 480) THEN 'no-answer'
    ELSE 'failed'
  END AS disposition,
  status,
  cause,
  reason,
  q850_cause,
  session
FROM leg;
-- The calls that are up, or being set up, as far as the log knows.
CREATE VIEW active_call AS
SELECT
  open_dialog.id,
  server,
  call_id,
  dialog_id,
  role,
  open_dialog.state,
  calling_user AS caller,
  called_user AS callee,
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000) AS start_time,
  strftime('%Y-%m-%dT%H:%M:%S', open_dialog.connect_time / 1000000, 'unixepoch')
    || printf('.%06dZ', open_dialog.connect_time % 1000000) AS connect_time,
  open_dialog.hold,
  open_dialog.remote_address,
  open_dialog.remote_port,
  open_dialog.session
FROM open_dialog
JOIN dialog ON dialog.id = open_dialog.id;
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
