-- This index orders calls by when they began, as the views leg and call_record show it. Lists and time
-- travel use it, and whoever asks call_record for the calls of a day or for the latest ones.
CREATE INDEX dialog_by_start ON dialog (
  strftime('%Y-%m-%dT%H:%M:%S', start_time / 1000000, 'unixepoch')
    || printf('.%06dZ', start_time % 1000000)
);
