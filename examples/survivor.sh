#!/usr/bin/env bash
# The crash story: a program is killed in the middle of its calls, starts again, and still owns them.
# Usage: examples/survivor.sh [FOLDER OF THE PROGRAMS]   (build/release/bin)
set -euo pipefail
bin=$(realpath -m "${1:-build/release/bin}")
for program in drachtio-sim survivor dialog-replay; do
  [[ -x $bin/$program ]] && continue
  echo "$bin/$program is not there: cmake --preset release && cmake --build --preset release" >&2
  exit 2
done
calls=${CALLS:-3}

folder=$(mktemp -d)
cd "$folder"
mkfifo commands
"$bin/drachtio-sim" --port 0 <commands >sim.out &
sim=$!
exec 3>commands
program=
finish() {
  [[ -z $program ]] || kill "$program" 2>/dev/null || true
  kill "$sim" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

until_says() { # FILE TEXT TIMES: waits until the file has the text so often
  local deadline=$((SECONDS + 20))
  until [[ $(grep -c -- "$2" "$1" 2>/dev/null || true) -ge $3 ]]; do
    ((SECONDS < deadline)) || { echo "gave up waiting for \"$2\"" >&2; cat "$1" >&2; exit 1; }
    sleep 0.05
  done
}

until_says sim.out listening 1
export DRACHTIO_PORT DRACHTIO_SECRET=cymru
DRACHTIO_PORT=$(sed 's/.*://' sim.out)

echo "\$ survivor &"
"$bin/survivor" >first 2>&1 &
program=$!
for ((i = 0; i < 100; ++i)); do # its log says when it has logged in
  "$bin/dialog-replay" --db calls.db tail 2>/dev/null | grep -q link-up && break
  sleep 0.05
done
echo "call $calls" >&3
until_says first "is up" "$calls"
cat first

echo "\$ kill -9 \$!"
die() { # without the shell's own word about it
  { kill -9 "$program" && wait "$program"; } 2>/dev/null || true
}
die

echo "\$ survivor &"
"$bin/survivor" >second 2>&1 &
program=$!
until_says second "has ended" "$calls"
cat second
die
program=

echo "\$ dialog-replay --db calls.db list"
"$bin/dialog-replay" --db calls.db list
echo "\$ dialog-replay --db calls.db verify"
"$bin/dialog-replay" --db calls.db verify
