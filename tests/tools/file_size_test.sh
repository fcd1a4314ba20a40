#!/usr/bin/env bash
# A log whose file may not grow (ulimit -f, LimitFSIZE) is as one on a full disk: the recorder is
# not killed for it, but says so; and an import goes on where it had ended.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
recorder=$DRACHTIO_BIN/dialog-recorder
replay=$DRACHTIO_BIN/dialog-replay
captures=("$DRACHTIO_SOURCE"/tests/captures/*.app.jsonl)
list() { "$replay" --db "$1" list --csv | cut -d, -f2-; }

"$recorder" import --db "$folder/expected.db" "${captures[@]}" >/dev/null
status=0
(ulimit -S -f 80 && exec "$recorder" import --db "$folder/calls.db" "${captures[@]}") \
  >/dev/null 2>"$folder/told" || status=$?
cat "$folder/told"
((status == 3))
grep -q "cannot write the log $folder/calls.db: " "$folder/told"

"$recorder" import --db "$folder/calls.db" "${captures[@]}"
"$replay" --db "$folder/calls.db" verify
diff <(list "$folder/expected.db") <(list "$folder/calls.db")

status=0
(ulimit -S -f 64 && exec "$replay" --db "$folder/calls.db" backup "$folder/copy.db") || status=$?
((status == 3))
[[ ! -e $folder/copy.db ]]
