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
