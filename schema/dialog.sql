-- Every leg: who, when, how it ended. A projection, dropped and refilled from the log at will
-- (dialog-replay rebuild). id is the position of the event that opened the leg; call_key is the
-- FNV-1a hash of the Call-ID, for look-up; local_sdp_at and remote_sdp_at are the positions of the
-- events that carried the SDP; invite is the transaction that the leg stands on.
--
-- A row is written when the leg opens and when it ends. All from connect_time on is null while the
-- leg is open, and stands in open_dialog meanwhile: the view leg has every leg as it is.
CREATE TABLE dialog (
  id              INTEGER PRIMARY KEY,
  server          TEXT NOT NULL,
  dialog_id       TEXT NOT NULL,
  call_id         TEXT NOT NULL,
  call_key        INTEGER NOT NULL,
  role            TEXT NOT NULL,
  calling_user    TEXT,
  calling_display TEXT,
  calling_privacy TEXT,
  called_user     TEXT,
  called_display  TEXT,
  called_privacy  TEXT,
  start_time      INTEGER,
  invite          TEXT NOT NULL,
  connect_time    INTEGER,
  end_time        INTEGER,
  closed_at       INTEGER,
  status          INTEGER,
  cause           TEXT,
  reason          TEXT,
  q850_cause      INTEGER,
  local_tag       TEXT,
  local_sdp_at    INTEGER,
  local_user      TEXT,
  local_address   TEXT,
  local_port      INTEGER,
  remote_tag      TEXT,
  remote_sdp_at   INTEGER,
  remote_user     TEXT,
  remote_address  TEXT,
  remote_port     INTEGER,
  hold            TEXT,
  session         TEXT,
  last_heard      INTEGER,
  tracking        TEXT
) STRICT;
