#!/usr/bin/env bash
# tshark reads each message of a log in the packets that are exported: whole, with the same bytes, as
# SIP, and without a complaint. sngrep sees the same calls.
set -euo pipefail
command -v tshark >/dev/null || { echo "tshark is not installed"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
PATH=$DRACHTIO_BIN:$PATH

fields() {
  tshark -r calls.pcap -T fields "$@" 2>/dev/null
}

# export_calls CAPTURE...
export_calls() {
  rm -f calls.db*
  dialog-recorder import --db calls.db --server pbx "$@" >/dev/null 2>&1
  dialog-replay --db calls.db export --pcap calls.pcap --secrets 2>told || { cat told; return 1; }
  # The method or status of each message of a call, and its bytes.
  dialog-replay --db calls.db sql --csv "
    SELECT iif(coalesce(status, 0) > 0, status, method) || ' ' || lower(hex(bytes)) AS message
    FROM call_event JOIN sip_message USING (position)
    WHERE call_event.direction <> 'none' AND type <> 'proxied'
      -- The record of an end may show the INVITE once more.
      AND (method <> 'INVITE' OR status > 0 OR type IN ('invited', 'offered'))" | tail -n +2 | tr -d '\r' | sort >expected
  # A message stands in one datagram, in several segments together, or in one segment.
  fields -Y sip -e sip.Method -e sip.Status-Code -e udp.payload \
    -e tcp.reassembled.data -e tcp.payload |
    awk -F'\t' '{ print $1 $2, $3 != "" ? $3 : $4 != "" ? $4 : $5 }' | tr -d : | sort >read
  [[ -s expected ]]
  diff <(cut -c1-200 expected) <(cut -c1-200 read) # short, to be shown
  cmp expected read
}
# Packets that tshark did not take for SIP, or not for a whole message.
strangers() { tshark -r calls.pcap -Y '(data and (udp or tcp)) or _ws.malformed' 2>/dev/null; }
complaints() { tshark -r calls.pcap -T fields -e _ws.expert.message 2>/dev/null | sort -u | sed '/^$/d'; }

export_calls "$DRACHTIO_SOURCE"/tests/captures/*.cdr.jsonl
[[ -z $(strangers) ]]
export_calls "$DRACHTIO_SOURCE"/tests/captures/*.app.jsonl
[[ -z $(strangers) ]]
# One of the captures writes "Via :", which is right, and which tshark does not know.
[[ $(complaints | grep -v '^Unrecognised SIP header (via ),Unrecognised SIP header (cseq )$' || true) == '' ]]
if command -v sngrep >/dev/null; then
  calls=$(dialog-replay --db calls.db sql --csv 'SELECT count(DISTINCT call_id) FROM dialog' | tail -n +2)
  sngrep -N -I calls.pcap >seen </dev/null
  grep "Dialog count: ${calls//[^0-9]/}\$" seen
fi

# sngrep takes them as a Homer would, too.
if command -v sngrep >/dev/null; then
  port=$((20000 + RANDOM % 10000))
  sngrep -N -L "udp:127.0.0.1:$port" -O sent.pcap </dev/null >seen &
  homer=$!
  for ((tries = 100; tries > 0; --tries)); do
    ! grep -q ":$(printf %04X "$port") " /proc/net/udp || break
    sleep 0.1
  done
  dialog-replay --db calls.db export --hep "127.0.0.1:$port" 2>told
  count() { { tshark -r sent.pcap -Y sip 2>/dev/null || true; } | wc -l; }
  for ((tries = 100; tries > 0; --tries)); do
    (($(count) < $(wc -l <expected))) || break
    sleep 0.1
  done
  kill "$homer"
  wait "$homer" 2>/dev/null || true
  (($(count) == $(wc -l <expected)))
fi

# Large messages, IPv6, TCP, TLS, WebSockets.
export_calls "$DRACHTIO_SOURCE"/tests/cases/transports.jsonl
[[ -z $(strangers)$(complaints) ]]
# Each message goes between the addresses that the server told.
dialog-replay --db calls.db sql --csv "SELECT DISTINCT peer FROM sip_message WHERE direction = 'in'" |
  tail -n +2 | tr -d '\r' | sed 's/^[^/]*.//; s/:\([0-9]*\)$/ \1/' | sort >told_peers
fields -Y 'sip.Request-Line' -e ip.src -e ipv6.src -e udp.srcport -e tcp.srcport |
  awk '{ print $1, $2 }' | sort -u >read_peers
diff told_peers read_peers

# Fragments, and the order of segments, as tshark checks them.
[[ -z $(tshark -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE \
  -r calls.pcap -Y 'tcp.analysis.flags or ip.checksum.bad or udp.checksum.bad or tcp.checksum.bad' \
  2>/dev/null) ]]

# Without its secrets a message is still one: asterisks break nothing.
export_calls "$DRACHTIO_SOURCE"/tests/cases/secrets.jsonl
grep -aq 5ecre7 calls.pcap
dialog-replay --db calls.db export --pcap calls.pcap 2>told
(($(fields -Y sip -e sip.CSeq | wc -l) == $(wc -l <expected)))
[[ -z $(strangers)$(complaints) ]]
if grep -aq 5ecre7 calls.pcap; then exit 1; fi

# Nothing that a peer says can break the packets.
export_calls "$DRACHTIO_SOURCE"/tests/cases/hostile.jsonl
