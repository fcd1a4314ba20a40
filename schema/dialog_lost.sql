-- This index holds the calls that were found lost. Their end is when they were last heard of, and
-- lies before the moment at which that was found: time travel takes them for open between the two.
CREATE INDEX dialog_lost ON dialog (start_time) WHERE cause = 'lost';
