#!/usr/bin/env bash
# A browser shows an exported page of calls whose every field is hostile: as text, without a complaint
# on its console, and without loading anything. The picture is XML.
set -euo pipefail
command -v chromium >/dev/null || { echo "chromium is not installed"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
PATH=$DRACHTIO_BIN:$PATH

# browse PAGE leaves the page's elements in `dom`, its complaints in `console`, and the addresses that
# it asked for in `requests`.
browse() {
  chromium --headless --no-sandbox --disable-gpu --user-data-dir="$folder/profile" \
    --host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr --log-net-log="$folder/net.json" \
    --dump-dom "file://$folder/$1" >dom 2>messages
  grep CONSOLE messages >console || true
  # The browser itself asks its maker for this and that.
  grep -o '"url":"[^"]*"' net.json | sort -u |
    grep -Ev '"url":"(file:|data:|chrome|https?://[a-z0-9.-]*\.(google|googleapis|gvt1)\.com/)' >requests || true
}

# First, what must be found is found.
cat >bad.html <<'END'
<img src="http://192.0.2.66/x"><script>console.error("a complaint")</script>
END
browse bad.html
grep -q 'a complaint' console
grep -q '192.0.2.66' requests

dialog-recorder import --db calls.db --server pbx "$DRACHTIO_SOURCE/tests/cases/hostile.jsonl" \
  >/dev/null 2>&1
dialog-replay --db calls.db export --html calls.html --svg calls.svg
browse calls.html
cat console requests
[[ ! -s console && ! -s requests ]]
# It has the elements that it was written with, and the hostile ones as text.
if grep -Ei '<(script|img|iframe|object|embed|b>)|href="[^#]' dom; then exit 1; fi
(($(grep -c '&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;' dom) >= 10))
grep -q 'مرحبا' dom
# Nothing that is invisible, or steers, is left.
if LC_ALL=C grep -P '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xe2\x80[\x8b-\x8f\xaa-\xae]' calls.html; then exit 1; fi

cat >picture.html <<'END'
<object data="calls.svg" type="image/svg+xml"></object>
END
browse picture.html
[[ ! -s console && ! -s requests ]]
if command -v xmllint >/dev/null; then xmllint --noout calls.svg; fi
