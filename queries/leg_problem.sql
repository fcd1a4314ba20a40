-- This query names what a support engineer would want to look at first in one leg, ?1. It has a row
-- for each rule that holds, and none where nothing is wrong. ?2 is how long a setup may take in
-- microseconds; share_a_codec() compares two session descriptions.
WITH
one AS MATERIALIZED (SELECT * FROM leg WHERE id = ?1),
of_one AS MATERIALIZED (
  SELECT
    type,
    json_extract(data, '$.method') AS method,
    coalesce(json_extract(data, '$.status'), 0) AS status,
    json_extract(data, '$.direction') AS direction,
    json_extract(data, '$.to_tag') AS to_tag
  FROM event
  WHERE dialog = ?1
)

-- It took longer to be answered than 95 of 100 calls of the span did, or than 8 s.
SELECT 'slow-setup' AS problem FROM one
WHERE connect_time - start_time > ?2

-- It was answered, and over within 6 s: a wrong number, no audio, or an announcement.
UNION ALL SELECT 'short-call' FROM one
WHERE end_time - connect_time <= 6000000 AND cause <> 'lost'

-- The server ended it, or nobody knows how it ended.
UNION ALL SELECT cause FROM one
WHERE cause IN ('ack-timeout', 'session-expired', 'server-release', 'lost')

-- Nobody was there, or could be asked.
UNION ALL SELECT 'no-answer' FROM one
WHERE cause = 'rejected' AND status IN (408, 480)

-- A server on the way failed.
UNION ALL SELECT 'server-failure' FROM one
WHERE cause = 'rejected' AND status BETWEEN 500 AND 599

-- Both sides sent a BYE, before they had that of the other. A BYE with a tag has ended one early dialog,
-- and not the call.
UNION ALL SELECT 'both-hung-up'
WHERE (
  SELECT count(DISTINCT direction)
  FROM of_one
  WHERE method = 'BYE' AND status = 0 AND to_tag IS NULL
) = 2

-- One side had the other on hold when it ended.
UNION ALL SELECT 'on-hold-at-end' FROM one
WHERE end_time IS NOT NULL AND connect_time IS NOT NULL AND hold <> 'none'

-- It was answered, and one side described no session, or both none that the other could take part in.
UNION ALL SELECT 'no-common-codec' FROM one
WHERE connect_time IS NOT NULL
  AND state IN ('stable', 'terminated')
  AND coalesce(NOT share_a_codec(local_sdp, remote_sdp), TRUE)

-- A re-INVITE was refused. That it came at a bad time (491), or wants credentials, is part of the game.
UNION ALL SELECT 're-invite-refused'
WHERE EXISTS (
  SELECT 1 FROM of_one
  WHERE type = 'responded' AND method = 'INVITE' AND status >= 300
    AND status NOT IN (401, 407, 487, 491)
)
