#!/usr/bin/env bash
# Installs the build into an empty prefix and builds a small program against it, as a user would:
# by find_package (shared, then static) and by pkg-config (the same).
# label: slow
set -euo pipefail

if [[ -n ${DRACHTIO_SANITIZE:-} ]]; then
  exit 77 # the consumer is built without sanitizers, and could not be linked
fi
consumer=$DRACHTIO_SOURCE/tests/install/consumer
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
db=$scratch/calls.db
"$DRACHTIO_BIN/dialog-recorder" import --db "$db" \
  "$DRACHTIO_SOURCE/tests/captures/uas-normal.app.jsonl" >"$scratch/log"
counts_three() {
  local printed
  printed=$("$@" "$db")
  [[ $printed == "3 calls" ]] || { echo "$1 printed: $printed"; exit 1; }
}

cmake --install "$DRACHTIO_BUILD" --prefix "$prefix" >"$scratch/log"

cmake -S "$consumer" -B "$scratch/build" -G Ninja -D CMAKE_PREFIX_PATH="$prefix" >"$scratch/log"
cmake --build "$scratch/build" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
counts_three "$scratch/build/with-shared"
counts_three "$scratch/build/with-static"

pc=("$(find "$prefix" -name drachtio-dialog.pc)")
export PKG_CONFIG_PATH=${pc[0]%/*}
lib=$(pkg-config --variable=libdir drachtio-dialog)
read -ra flags < <(pkg-config --cflags --libs drachtio-dialog)
c++ -std=c++20 "$consumer/main.cpp" "${flags[@]}" -o "$scratch/by-pkg-config"
LD_LIBRARY_PATH=$lib counts_three "$scratch/by-pkg-config"

read -ra flags < <(pkg-config --static --cflags --libs drachtio-dialog)
c++ -std=c++20 "$consumer/main.cpp" "${flags[@]/#-ldrachtio-dialog/-l:libdrachtio-dialog.a}" \
  -o "$scratch/by-pkg-config-static"
counts_three "$scratch/by-pkg-config-static"
