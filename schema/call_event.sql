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
