#!/usr/bin/env bash
# label: slow
# The exploration of call::ClientRequest can fail: it finds each of the faults that
# client_request.mutants lists, when they are put into the source one by one.
set -euo pipefail
[[ ${DRACHTIO_SANITIZE:-OFF} == OFF || -z $DRACHTIO_SANITIZE ]] || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$DRACHTIO_SOURCE"

# What does not compile or link is no mutant: it ends the test, also where errexit does not hold.
compile() {
  "${CXX:-c++}" -std=c++20 -O1 -Iinclude -Isrc -Itests -c "$1" -o "$2" || exit 1
}
# Links what is in `$1` with all of the room call, but for what that replaces.
link() {
  "${CXX:-c++}" "$1"/*.o "$folder"/*.o -o "$1/explore" -lCatch2WithMain \
    "$DRACHTIO_BUILD/libdrachtio-core.a" -lboost_json -losipparser2 -lssl -lcrypto -lsqlite3 || exit 1
}
# Says whether no rule is broken. A program that dies has found nothing.
explores() {
  local status=0
  "$1/explore" 'Exploration: *' '~[slow]' >"$1/told" 2>&1 || status=$?
  ((status == 0)) && return 0
  grep -q 'does not$\|does not hold after:\|^ *hold after:' "$1/told" || { cat "$1/told" && exit 1; }
  return 1
}

for source in src/call/*.cpp tests/call/{requesting,request_world,client_request_exploration_test}.cpp; do
  case $source in
    src/call/client_request.cpp | src/call/late_offer.cpp) ;; # these change
    *) compile "$source" "$folder/$(basename "$source").o" ;;
  esac
done

# mutate <folder> <substitution>: makes both sources there, and says whether any differs.
mutate() {
  local file changed=1
  mkdir "$1"
  for file in client_request late_offer; do
    sed -E "$2" "src/call/$file.cpp" >"$1/$file.cpp"
    cmp -s "src/call/$file.cpp" "$1/$file.cpp" || changed=0
    compile "$1/$file.cpp" "$1/$file.o"
  done
  link "$1"
  return "$changed"
}

if mutate "$folder/sound" ''; then exit 1; fi
explores "$folder/sound" || { cat "$folder/sound/told" && exit 1; }

found=0 missed=0
while IFS='|' read -r name substitution; do
  [[ -n $name && $name != '#'* ]] || continue
  mutant=$folder/mutant-$((found + missed))
  mutate "$mutant" "$substitution" || { echo "changes nothing: $name" && exit 1; }
  if explores "$mutant"; then
    echo "missed: $name"
    ((++missed))
  else
    echo "found: $name"
    sed -n 's/^ *"\(.* does not hold after:\)$/  \1/p' "$mutant/told" | head -1
    ((++found))
  fi
done <tests/call/client_request.mutants
echo "$found found, $missed missed"
((missed == 0 && found >= 10))
