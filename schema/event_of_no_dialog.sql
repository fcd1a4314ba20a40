-- What happened to the recording itself: links, gaps, retention. Few among many.
CREATE INDEX event_of_no_dialog ON event (type, position) WHERE dialog IS NULL;
