-- This migration lets the costs of a question not grow with the log: calls are indexed by their
-- start as the view call_record shows it, and time travel finds the few that were open.
DROP VIEW active_call;
DROP VIEW call_record;
DROP VIEW leg;
DROP INDEX dialog_by_start;
-- This index orders calls by when they began, as the views leg and call_record show it. Lists and time
-- travel use it, and whoever asks call_record for the calls of a day or for the latest ones.
CREATE INDEX dialog_by_start ON dialog (
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000)
);
-- This index holds the calls that lasted longer than ten minutes, by their end. Any other call that
-- was open at some moment began within the ten minutes before it: time travel looks at no more.
CREATE INDEX dialog_long ON dialog (end_time) WHERE end_time - start_time > 600000000;
-- This index holds the calls that were found lost. Their end is when they were last heard of, and
-- lies before the moment at which that was found: time travel takes them for open between the two.
CREATE INDEX dialog_lost ON dialog (start_time) WHERE cause = 'lost';
-- This view shows every leg as it stands, open or ended. How far the events of one that has ended go,
-- the events themselves tell: what comes after the end (the answer to its BYE) changes no row.
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
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000) AS start_text,
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
-- This view tells of each leg who called, when, how long, and how it ended. Times are RFC 3339 in UTC,
-- durations are seconds.
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
  start_text AS start_time,
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
-- This view shows the calls that are up, or being set up, as far as the log knows. It says CROSS JOIN
-- for SQLite to begin with the few calls that are open, however long the log is.
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
CROSS JOIN dialog ON dialog.id = open_dialog.id;
