-- Views only: blindness before the first link and across a crash, and the dispositions of calls that
-- ended early or whose answer was inferred.
DROP VIEW coverage_gap;
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
-- When the recorder was blind, per server: from the loss of a link, or the first refusal of one, to
-- its next coming up (ended null while it lasts), and every gap that was noted. A recorder that was
-- killed leaves a link up in the log: the next one notes it as lost, at the last event of before.
CREATE VIEW coverage_gap AS
WITH link AS (
  SELECT
    position,
    type,
    occurred_at,
    json_extract(data, '$.server') AS server,
    json_extract(data, '$.detail') AS detail,
    lag(type) OVER up_to AS previous_type,
    min(CASE WHEN type = 'link-up' THEN position END) OVER (
      PARTITION BY json_extract(data, '$.server') ORDER BY position
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS back_at
  FROM event
  WHERE dialog IS NULL AND type IN ('link-up', 'link-down', 'link-refused')
  WINDOW up_to AS (PARTITION BY json_extract(data, '$.server') ORDER BY position)
), blind AS (
  SELECT server, occurred_at AS began,
         (SELECT back.occurred_at FROM event AS back WHERE back.position = link.back_at) AS ended,
         coalesce(back_at, position) AS position, coalesce(detail, 'link lost') AS why
  FROM link WHERE type <> 'link-up' AND coalesce(previous_type, 'link-up') = 'link-up'
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
