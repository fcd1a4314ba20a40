#!/usr/bin/env bash
# The example in README: tells of each call in a log.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$DRACHTIO_BIN/dialog-recorder" import --db "$folder/calls.db" \
  "$DRACHTIO_SOURCE/tests/captures/uas-normal.app.jsonl" >/dev/null
"$DRACHTIO_BIN/call_monitor" "$folder/calls.db" >"$folder/out"
diff - "$folder/out" <<'END'
3: created, uas, caller sipp
4: ended, normal far end release
8: created, uas, caller sipp
9: ended, normal far end release
13: created, uas, caller sipp
14: ended, normal far end release
END
# README shows the examples as they are.
for example in simple_uas call_monitor; do
  sed -n '/^#include/,$p' "$DRACHTIO_SOURCE/examples/$example.cpp"
done >"$folder/examples"
sed -n '/^```cpp$/,/^```$/p' "$DRACHTIO_SOURCE/README.md" | sed '/^```/d' | diff - "$folder/examples"
