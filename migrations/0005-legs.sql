-- Each leg of a call has a row of its own, with its Q.850 cause. The table of dialogs is left empty:
-- whoever writes the log next refills it from the events, of which it holds nothing more.
DROP VIEW call_record;
DROP TABLE dialog;
-- The current state of every leg: a projection, dropped and refilled from the log at will
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
  q850_cause          INTEGER,
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
      AND json_extract(tracking, '$.transaction_id') IS NOT NULL
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
FROM dialog;
