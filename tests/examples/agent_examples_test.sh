#!/usr/bin/env bash
# The example programs, each against drachtio-sim.
set -euo pipefail
: "${DRACHTIO_BIN:?}" "${DRACHTIO_SOURCE:?}"
folder=$(mktemp -d)
cd "$folder"
mkfifo commands
"$DRACHTIO_BIN/drachtio-sim" --port 0 --talk 100 <commands >sim.out 2>sim.err &
sim=$!
exec 3>commands
program=
finish() {
  [[ -z $program ]] || kill -9 "$program" 2>/dev/null || true
  kill "$sim" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

until_says() { # FILE TEXT TIMES
  local deadline=$((SECONDS + 20))
  until [[ $(grep -c -- "$2" "$1" 2>/dev/null || true) -ge $3 ]]; do
    ((SECONDS < deadline)) || { echo "gave up waiting for \"$2\"" >&2; cat "$1" >&2; exit 1; }
    sleep 0.05
  done
}
start() { # PROGRAM [ARGUMENTS]: in a folder of its own, until its log says that it is logged in
  rm -rf "$folder/run" && mkdir "$folder/run"
  cd "$folder/run"
  "$DRACHTIO_BIN/$1" "${@:2}" >../out 2>&1 &
  program=$!
  cd ..
  for ((i = 0; i < 400; ++i)); do
    "$DRACHTIO_BIN/dialog-replay" --db run/calls.db tail 2>/dev/null | grep -q link-up && return
    sleep 0.05
  done
  echo "$1 does not log in" >&2
  return 1
}
stop() { kill -9 "$program"; wait "$program" 2>/dev/null || true; program=; }
proven() { "$DRACHTIO_BIN/dialog-replay" --db run/calls.db verify >/dev/null; }

until_says sim.out listening 1
echo "call x" >&3
until_says sim.err 'not "call COUNT RATE USER": call x' 1
export DRACHTIO_PORT DRACHTIO_SECRET=cymru
DRACHTIO_PORT=$(sed 's/.*://' sim.out)

echo "what they are not told, and what they cannot do, they say"
for example in simple_uac coroutine_uac b2bua; do
  status=0
  "$DRACHTIO_BIN/$example" 2>out || status=$?
  [[ $status == 2 ]]
  grep -qx "usage: $example sip:bob@example.com" out
done
for example in coroutine_uas survivor; do
  status=0
  DRACHTIO_PORT=abc "$DRACHTIO_BIN/$example" 2>out || status=$?
  [[ $status == 1 ]]
  grep -qx "$example: DRACHTIO_PORT is no port: \"abc\"" out
done
status=0
"$DRACHTIO_SOURCE/examples/survivor.sh" "$folder" 2>out || status=$?
[[ $status == 2 ]]
grep -q "drachtio-sim is not there: cmake --preset release" out

echo "simple_uas"
start simple_uas
echo "call 3" >&3
until_says out "terminated: normal near end release, user is jack jones" 3
stop
proven

echo "simple_uac"
mkdir uac && cd uac
"$DRACHTIO_BIN/simple_uac" sip:answer@127.0.0.1 >../out
diff - ../out <<'END'
answer: 200 OK
on hold: 200
off hold: 200
hung up: 200
END
"$DRACHTIO_BIN/simple_uac" sip:busy@127.0.0.1 | diff - <(echo "answer: 486 Busy Here")

echo "coroutine_uac"
"$DRACHTIO_BIN/coroutine_uac" sip:answer@127.0.0.1 >../out
diff - ../out <<'END'
answer: 200
hung up: 200
END
"$DRACHTIO_BIN/coroutine_uac" sip:busy@127.0.0.1 | grep -q "no call"
cd ..

echo "coroutine_uas"
start coroutine_uas
echo "call 2" >&3
until_says out "hung up: 200" 2
stop
proven

echo "b2bua"
start b2bua sip:answer@127.0.0.1
echo "call 1 0 hold" >&3
until_says out "leg ended" 2
grep -q "uas leg ended: normal far end release" out
grep -q "uac leg ended: normal near end release" out
stop
proven
# The far end's hold was carried to the other leg, and the sessions are one.
"$DRACHTIO_BIN/dialog-replay" --db run/calls.db sql --csv \
  "SELECT role, data ->> 'modification', count(*) FROM call_event
    WHERE type = 'modified' AND data ->> 'modification' IN ('hold', 'unhold') GROUP BY 1, 2" | tr -d "\r" >out
diff - out <<'END'
role,data ->> 'modification',count(*)
uac,hold,1
uac,unhold,1
uas,hold,1
uas,unhold,1
END
"$DRACHTIO_BIN/dialog-replay" --db run/calls.db sql --csv \
  "SELECT count(DISTINCT session) FROM leg" | tr -d "\r" | grep -qx 1

echo "b2bua, whose caller offers nothing: the ACK carries its answer to the callee"
start b2bua sip:answer@127.0.0.1
echo "call 1 0 late" >&3
until_says out "leg ended" 2
stop
proven
"$DRACHTIO_BIN/dialog-replay" --db run/calls.db sql --csv \
  "SELECT count(*) FROM leg AS uac JOIN leg AS uas
    ON uac.local_sdp = uas.remote_sdp AND uac.remote_sdp = uas.local_sdp
    WHERE uac.role = 'uac' AND uas.role = 'uas'" | tr -d "\r" | grep -qx 1

echo "b2bua, whose caller asks for an offer"
start b2bua sip:answer@127.0.0.1
echo "call 1 0 latereinvite" >&3
for ((i = 0; i < 200; ++i)); do
  "$DRACHTIO_BIN/dialog-replay" --db run/calls.db sql --csv \
    "SELECT role, type FROM call_event WHERE type IN ('offered', 'modified', 'terminated')" |
    tr -d "\r" >out
  grep -q modified out && break
  sleep 0.05
done
diff - out <<'END'
role,type
uas,offered
uas,modified
END
stop

echo "b2bua, whose callee is busy"
start b2bua sip:busy@127.0.0.1
echo "call" >&3
for ((i = 0; i < 200; ++i)); do
  "$DRACHTIO_BIN/dialog-replay" --db run/calls.db list | grep -c 486 | grep -qx 2 && break
  sleep 0.05
done
"$DRACHTIO_BIN/dialog-replay" --db run/calls.db list | grep -c 486 | grep -qx 2
stop

echo "b2bua, whose caller cancels: the callee is told why (RFC 3326)"
start b2bua sip:ring@127.0.0.1
echo "call 1 0 cancel" >&3
for ((i = 0; i < 200; ++i)); do
  "$DRACHTIO_BIN/dialog-replay" --db run/calls.db sql --csv \
    "SELECT role, disposition, reason FROM call_record ORDER BY role" | tr -d "\r" >out
  [[ $(grep -c answered-elsewhere out) == 2 ]] && break
  sleep 0.05
done
diff - out <<'END'
role,disposition,reason
uac,answered-elsewhere,Call completed elsewhere
uas,answered-elsewhere,Call completed elsewhere
END
stop

echo "survivor"
CALLS=10 "$DRACHTIO_SOURCE/examples/survivor.sh" "$DRACHTIO_BIN" >out
until_says out "is still mine" 10
