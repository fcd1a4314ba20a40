#!/usr/bin/env bash
# Checks a log with nothing of ours: the sqlite3 shell, perl and sha256sum, by docs/log-format.md.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
db=$folder/calls.db
"$DRACHTIO_BIN/dialog-recorder" import --db "$db" "$DRACHTIO_SOURCE"/tests/captures/uas-midcall.app.jsonl \
  "$DRACHTIO_SOURCE"/tests/captures/proxy.app.jsonl > /dev/null

stated=$(sed -n 's/.*`PRAGMA application_id` = 0x\([0-9A-F]*\) (\([0-9]*\), .*/\1 \2/p' "$DRACHTIO_SOURCE/docs/log-format.md")
stored=$(sqlite3 "$db" "SELECT printf('%08X %d', application_id, application_id) FROM pragma_application_id")
[[ $stated == "$stored" ]] || { echo "the document says that application_id is $stated, the log $stored"; exit 1; }

hash_of_hex() { perl -ne 'chomp; print pack("H*", $_)' | sha256sum | cut -d' ' -f1; }

# Each row's bytes in hexadecimal, as the document lays them down; then its hash.
sqlite3 -separator ' ' "$db" "
  SELECT hex(previous_hash)
    || '49' || printf('%016X', position)
    || CASE WHEN dialog IS NULL THEN '4E' ELSE '49' || printf('%016X', dialog) END
    || CASE WHEN version IS NULL THEN '4E' ELSE '49' || printf('%016X', version) END
    || '54' || printf('%016X', length(CAST(type AS BLOB))) || hex(type)
    || '49' || printf('%016X', occurred_at)
    || '49' || printf('%016X', recorded_at)
    || '54' || printf('%016X', length(CAST(data AS BLOB))) || hex(data)
    || '49' || printf('%016X', format)
    || CASE WHEN evidence_hash IS NULL THEN '4E'
            ELSE '42' || printf('%016X', length(evidence_hash)) || hex(evidence_hash) END,
    lower(hex(hash)), lower(hex(previous_hash))
  FROM event ORDER BY position" > "$folder/rows"

rows=0
before=$(printf '0%.0s' {1..64})
while read -r bytes hash previous; do
  [[ $previous == "$before" ]] || { echo "row $rows does not build on the one before"; exit 1; }
  [[ $(hash_of_hex <<< "$bytes") == "$hash" ]] || { echo "row $rows has another hash"; exit 1; }
  before=$hash
  rows=$((rows + 1))
done < "$folder/rows"
((rows == 16)) || { echo "expected 16 rows, found $rows"; exit 1; }

sqlite3 -separator ' ' "$db" "
  SELECT printf('%016X', length(CAST(direction AS BLOB))) || hex(direction)
    || printf('%016X', length(CAST(peer AS BLOB))) || hex(peer)
    || printf('%016X', length(bytes)) || hex(bytes), lower(hex(evidence_hash))
  FROM sip_message JOIN event USING (position)" > "$folder/evidence"
messages=0
while read -r bytes hash; do
  [[ $(hash_of_hex <<< "$bytes") == "$hash" ]] || { echo "evidence $messages has another hash"; exit 1; }
  messages=$((messages + 1))
done < "$folder/evidence"
((messages == 14)) || { echo "expected 14 messages, found $messages"; exit 1; }
echo "the chain of $rows rows and $messages messages holds"
