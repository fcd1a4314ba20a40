-- A view only: a call whose answer's record another client got was answered all the same.
DROP VIEW call_record;
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
    WHEN connect_time IS NOT NULL OR json_extract(tracking, '$.inferred') THEN 'answered'
    WHEN cause IN ('cancelled', 'proxied', 'lost', 'challenged') THEN cause
    -- Known from call records alone, and that of its answer went elsewhere (a gap says so): who has
    -- not been answered says CANCEL, not BYE.
    WHEN cause IN ('far-end-release', 'near-end-release', 'session-expired')
      AND json_extract(tracking, '$.transaction_id') IS NULL
      THEN 'answered'
    WHEN cause IN ('far-end-release', 'near-end-release') THEN 'cancelled'
    WHEN status IN (486, 600) THEN 'busy'
    WHEN status IN (408, 480) THEN 'no-answer'
    ELSE 'failed'
  END AS disposition,
  status,
  cause,
  reason,
  session
FROM dialog;
