-- This index holds the calls that lasted longer than ten minutes, by their end. Any other call that
-- was open at some moment began within the ten minutes before it: time travel looks at no more.
CREATE INDEX dialog_long ON dialog (end_time) WHERE end_time - start_time > 600000000;
