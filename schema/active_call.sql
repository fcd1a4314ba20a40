-- The calls that are up, or being set up, as far as the log knows.
CREATE VIEW active_call AS
SELECT
  id,
  server,
  call_id,
  dialog_id,
  role,
  state,
  calling_user AS caller,
  called_user AS callee,
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000) AS start_time,
  strftime('%Y-%m-%dT%H:%M:%S', connect_time / 1000000, 'unixepoch')
    || printf('.%06dZ', connect_time % 1000000) AS connect_time,
  hold,
  remote_address,
  remote_port,
  session
FROM dialog
WHERE state <> 'terminated';
