-- When the recorder was blind, per server: from the loss of a link, or the first refusal of one, to
-- its next coming up (ended null while it lasts), and every gap that was noted. A link that fell
-- silent was lost when it was last heard. A recorder that was killed leaves a link up in the log: the
-- next one notes it as lost, at the last event of before; until then link_left_up tells of it.
CREATE VIEW coverage_gap AS
WITH link AS (
  SELECT
    position,
    type,
    coalesce(json_extract(data, '$.since'), occurred_at) AS occurred_at,
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
