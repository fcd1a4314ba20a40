-- Finds a closed dialog by its Call-ID: narrow, as Call-IDs are long and random.
CREATE INDEX dialog_by_call ON dialog (call_key);
