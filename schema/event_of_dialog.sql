-- The history of one dialog, in order. Unique: a writer that works from a stale copy of a dialog
-- fails here instead of forking its history.
CREATE UNIQUE INDEX event_of_dialog ON event (dialog, version) WHERE dialog IS NOT NULL;
