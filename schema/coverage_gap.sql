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
