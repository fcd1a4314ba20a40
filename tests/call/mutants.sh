#!/usr/bin/env bash
# Shows that the exploration of a machine in call can fail: it finds the faults that the machine's
# list (client_request.mutants ...) has, when they are put into the source one by one. It is sourced
# by a test for each machine, which calls find_mutants.
set -euo pipefail
[[ ${DRACHTIO_SANITIZE:-OFF} == OFF || -z $DRACHTIO_SANITIZE ]] || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$DRACHTIO_SOURCE"

# What does not compile or link is no mutant: it ends the test, also where errexit does not hold.
compile() {
  "${CXX:-c++}" -std=c++20 "${3:--O1}" -Iinclude -Isrc -Itests -c "$1" -o "$2" || exit 1
}
# Links what is in `$1` with the rest of the room call, and with the tests in `$2`.
link() {
  local object replaced=()
  for object in "$folder"/call/*.o; do
    [[ -e $1/${object##*/} ]] || replaced+=("$object")
  done
  shopt -s nullglob
  "${CXX:-c++}" "$1"/*.o "${replaced[@]}" "$2"/*.o -o "$1/explore" -lCatch2WithMain \
    "$DRACHTIO_BUILD/libdrachtio-core.a" -lboost_json -losipparser2 -lssl -lcrypto -lsqlite3 || exit 1
}
# Prints the rule that is broken, if the exploration in `$1` has found one.
broken_rule() {
  tr -s ' \n' ' ' <"$1/told" | grep -o '"[^"]* does not hold after:' | head -1
}
# Says whether no rule is broken. A program that dies has found nothing.
explores() {
  local status=0
  "$1/explore" 'Exploration: *' '~[slow]' >"$1/told" 2>&1 || status=$?
  ((status == 0)) && return 0
  [[ -n $(broken_rule "$1") ]] || { cat "$1/told" && exit 1; }
  return 1
}
# mutate <folder> <tests> <substitution> <source...>: makes the sources there, and says whether any
# differs.
mutate() {
  local file mutant=$1 tests=$2 substitution=$3 changed=1
  mkdir "$mutant"
  for file in "${@:4}"; do
    sed -E "$substitution" "src/call/$file.cpp" >"$mutant/$file.cpp"
    cmp -s "src/call/$file.cpp" "$mutant/$file.cpp" && continue
    changed=0
    compile "$mutant/$file.cpp" "$mutant/$file.o" -O0
  done
  link "$mutant" "$tests"
  return "$changed"
}

mkdir "$folder/call"
for source in src/call/*.cpp; do
  name=${source##*/}
  compile "$source" "$folder/call/${name%.cpp}.o"
done

# find_mutants <machine> <sources that change> <tests>
find_mutants() {
  local name substitution mutant test found=0 missed=0 machine=$1 sources tests=$folder/$1-tests
  read -ra sources <<<"$2"
  mkdir "$tests"
  for test in $3; do compile "tests/call/$test.cpp" "$tests/$test.o"; done
  if mutate "$folder/$machine" "$tests" '' "${sources[@]}"; then exit 1; fi
  explores "$folder/$machine" || { cat "$folder/$machine/told" && exit 1; }
  while IFS='|' read -r name substitution; do
    [[ -n $name && $name != '#'* ]] || continue
    mutant=$folder/$machine-$((found + missed))
    mutate "$mutant" "$tests" "$substitution" "${sources[@]}" ||
      { echo "changes nothing: $name" && exit 1; }
    if explores "$mutant"; then
      echo "missed: $name"
      ((++missed))
    else
      echo "found: $name"
      echo "  $(broken_rule "$mutant")"
      ((++found))
    fi
    rm -r "$mutant"
  done <"tests/call/$machine.mutants"
  echo "$machine: $found found, $missed missed"
  ((missed == 0 && found >= 10))
}
