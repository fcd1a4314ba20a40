-- Finds the legs of a Call-ID, bucket by bucket of 32,768 positions, the newest first. Call-IDs are
-- random: an index of them all would have a page to write anywhere in the file for each new call,
-- and be the dearer the longer the log is.
CREATE INDEX dialog_by_call ON dialog (id >> 15, call_key);
