-- The servers whose link was up when last heard of. While a recorder writes, those are recorded;
-- when none does, it was killed, and nothing of them has been recorded since the log's last event.
CREATE VIEW link_left_up AS
SELECT server
FROM (
  SELECT json_extract(data, '$.server') AS server, type, max(position)
  FROM event
  WHERE dialog IS NULL AND type IN ('link-up', 'link-down')
  GROUP BY 1
)
WHERE type = 'link-up';
