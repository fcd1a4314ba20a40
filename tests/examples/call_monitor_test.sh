#!/usr/bin/env bash
# The example in README: tells of each call in a log, those to come too, until it is ended.
set -euo pipefail
folder=$(mktemp -d)
monitor=
trap '[[ -z $monitor ]] || kill "$monitor"; rm -rf "$folder"' EXIT

import() {
  "$DRACHTIO_BIN/dialog-recorder" import --db "$folder/calls.db" \
    "$DRACHTIO_SOURCE/tests/captures/$1.app.jsonl" >/dev/null
}
# Waits until it has told of so many things.
told() {
  for ((i = 0; i < 1000; ++i)); do
    (($(wc -l <"$folder/out") < $1)) || return 0
    sleep 0.02
  done
  echo "after 20 s it has told no more than:"
  cat "$folder/out"
  return 1
}

if "$DRACHTIO_BIN/call_monitor" "$folder/none.db" 2>"$folder/none"; then exit 1; fi
grep -q "cannot read the log $folder/none.db" "$folder/none"

import uas-normal
: >"$folder/out" # before anybody reads it: the monitor may start late
"$DRACHTIO_BIN/call_monitor" "$folder/calls.db" >"$folder/out" &
monitor=$!
told 6
diff - "$folder/out" <<'END'
3: created, uas, caller sipp
4: ended, normal far end release
8: created, uas, caller sipp
9: ended, normal far end release
13: created, uas, caller sipp
14: ended, normal far end release
END
sleep 1.5  # longer than it waits for an event at a time
import uas-app-bye
told 7
kill -0 "$monitor"
# README shows the examples as they are.
for example in simple_uas call_monitor; do
  sed -n '/^#include/,$p' "$DRACHTIO_SOURCE/examples/$example.cpp"
done >"$folder/examples"
sed -n '/^```cpp$/,/^```$/p' "$DRACHTIO_SOURCE/README.md" | sed '/^```/d' | diff - "$folder/examples"
