-- The legs that are open, one narrow row each: what changes from event to event. Written in every
-- commit, deleted when the leg ends; so whoever starts reads as many rows as there are open legs.
-- tracking is what the next message is judged by.
CREATE TABLE open_dialog (
  id             INTEGER PRIMARY KEY,
  state          TEXT NOT NULL,
  connect_time   INTEGER,
  status         INTEGER,
  local_tag      TEXT,
  local_sdp_at   INTEGER,
  local_user     TEXT,
  local_address  TEXT,
  local_port     INTEGER,
  remote_tag     TEXT,
  remote_sdp_at  INTEGER,
  remote_user    TEXT,
  remote_address TEXT,
  remote_port    INTEGER,
  hold           TEXT NOT NULL,
  session        TEXT NOT NULL,
  version        INTEGER NOT NULL,
  last_position  INTEGER NOT NULL,
  last_heard     INTEGER NOT NULL,
  tracking       TEXT NOT NULL
) STRICT;
