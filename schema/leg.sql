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
