-- The evidence: the bytes of a message as they came. direction is in (from the network) or out;
-- peer is where from or to, as protocol/address:port, empty where the server did not say.
-- event.evidence_hash covers all three columns, so the chain stands without the bytes.
CREATE TABLE sip_message (
  position  INTEGER PRIMARY KEY,
  direction TEXT NOT NULL,
  peer      TEXT NOT NULL,
  bytes     BLOB NOT NULL
) STRICT;
