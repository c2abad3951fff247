# Sourced by the bars: a control plane, a lab of real Debian hosts and their agents, all of their own,
# removed again at the end whatever happens.

BARS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HOME_DIR=$(cd "$BARS/.." && pwd)
source "$HOME_DIR/scripts/env.sh"

STAGE=""
SHORT=no
FAILED=0

# begin NAME "$@": reads the options, makes the stage's folder, arranges that it is torn down.
begin() {
  BAR=$1
  shift
  for option in "$@"; do
    case "$option" in
      --short) SHORT=yes ;;
      *) die "Unknown option: $option. This bar knows --short." ;;
    esac
  done
  [ "$(id -u)" -eq 0 ] || { echo "SKIPPED $BAR: it needs root for its lab of real hosts"; exit 0; }
  need jq:jq curl:curl
  need_jdk
  STAGE=$(mktemp -d "/var/tmp/understudy-bar-$BAR.XXXXXX")
  export UNDERSTUDY_DATA=$STAGE/control
  LAB=$STAGE/lab
  trap end EXIT
}

end() {
  local code=$?
  if [ "$code" -ne 0 ] || [ "$FAILED" -ne 0 ]; then
    if [ -e "$UNDERSTUDY_DATA/server.log" ]; then
      echo "--- last words of the control plane"
      tail -25 "$UNDERSTUDY_DATA/server.log" | cut -c1-300
    fi
    keep_evidence
  fi
  u down >/dev/null 2>&1
  if [ -d "$LAB" ] && ! lab down --purge >"$STAGE/down.log" 2>&1; then
    # Its hosts may still run, and only with this folder can they be ended.
    tail -5 "$STAGE/down.log"
    echo "The lab could not be removed: ./understudy lab down --purge --data $LAB"
    exit 1
  fi
  rm -rf "$STAGE"
  exit "$code"
}

# What is needed to understand a failure survives the stage, in target/bars.
keep_evidence() {
  local kept="$HOME_DIR/target/bars/$BAR"
  mkdir -p "$kept"
  cp "$UNDERSTUDY_DATA"/*.log "$STAGE"/*.{log,orders,issued} "$kept" 2>/dev/null
  local host
  for host in ${HOSTS:-}; do
    on "$host" journalctl --no-pager --output short-precise --lines 20000 >"$kept/$host.journal" 2>/dev/null
  done
  echo "--- kept in target/bars/$BAR"
}

u() { "$HOME_DIR/understudy" "$@"; }
# UNDERSTUDY_LAB_SUITE has a bar's hosts made of another release than it would choose.
lab() {
  local verb=$1
  shift
  if [ "$verb" = up ] && [ -n "${UNDERSTUDY_LAB_SUITE:-}" ] && [[ " $* " != *" --suite "* ]]; then
    set -- --suite "$UNDERSTUDY_LAB_SUITE" "$@"
  fi
  "$HOME_DIR/understudy" lab "$verb" --data "$LAB" "$@"
}
on() { local host=$1; shift; "$HOME_DIR/understudy" lab exec --data "$LAB" "$host" -- "$@"; }

free_port() { # free_port FROM: the first port from there on that nobody listens on
  local port=$1
  while ss -Hltn "sport = :$port" | grep -q .; do port=$((port + 1)); done
  echo "$port"
}

# start_control: the control plane on free loopback ports, again on the same after it was killed; feeds from the shared data where they are.
start_control() {
  OPERATOR_PORT=${OPERATOR_PORT:-$(free_port $((20000 + RANDOM % 5000)))}
  AGENT_PORT=${AGENT_PORT:-$(free_port $((26000 + RANDOM % 5000)))}
  u up --no-observe --operator-port "$OPERATOR_PORT" --agent-port "$AGENT_PORT" --agent-names 10.77.0.1 \
    --server-option=--poll="${POLL:-PT2S}" --server-option=--busy-poll="${BUSY_POLL:-PT1S}" "$@" >"$STAGE/up.log" 2>&1 || { cat "$STAGE/up.log"; die "The control plane did not start."; }
}

# drills install|publish|withdraw DRILL...
drills() {
  local verb=$1
  shift
  "$HOME_DIR/understudy" lab drills "$verb" --data "$LAB" "$@" >>"$STAGE/lab.log" 2>&1 ||
    { tail "$STAGE/lab.log"; die "The drills could not be changed."; }
}

# The package of this build's agent.
agent_deb() { ls -t "$HOME_DIR"/agent/target/understudy-agent_*.deb | head -1; }

# enrol_lab HOSTS ROLES GROUP: real hosts, agents installed and enrolled into the group.
enrol_lab() {
  for _ in $(seq "$1"); do u tokens enrol --group "$3"; done >"$STAGE/tokens"
  lab up --hosts "$1" --roles "$2" --server "https://127.0.0.1:$AGENT_PORT" --agent-deb "$(agent_deb)" --tokens "$STAGE/tokens" \
    >"$STAGE/lab.log" 2>&1 || { cat "$STAGE/lab.log"; die "The lab did not come up."; }
}

# enrol_hosts GROUP HOST...: hosts of a lab that runs already, agents installed and enrolled.
enrol_hosts() {
  local group=$1
  shift
  for _ in "$@"; do u tokens enrol --group "$group"; done >"$STAGE/tokens"
  lab enrol --agent-deb "$(agent_deb)" --tokens "$STAGE/tokens" >>"$STAGE/lab.log" 2>&1 ||
    { tail "$STAGE/lab.log"; die "The hosts could not be enrolled."; }
}

# start_lab HOSTS ROLES GROUP: hosts as `enrol_lab` makes them, and they are all the hosts there are.
start_lab() {
  enrol_lab "$@"
  HOSTS=$(u hosts --json | jq -r '.items[].name')
  [ "$(wc -w <<<"$HOSTS")" -eq "$1" ] || die "Of $1 hosts only these are enrolled: $HOSTS"
}

# until_true SECONDS WHAT COMMAND...: waits until the command succeeds.
until_true() {
  local limit=$1 what=$2 end
  shift 2
  end=$(($(date +%s) + limit))
  until "$@"; do
    [ "$(date +%s)" -lt "$end" ] || { echo "Not within $limit s: $what"; return 1; }
    sleep 1
  done
}

# bar "what" VALUE OP BOUND: prints the figure and remembers a failure.
bar() {
  local what=$1 value=$2 op=$3 bound=$4 verdict=ok
  awk -v a="$value" -v b="$bound" -v op="$op" 'BEGIN{
    if (op=="==") exit !(a==b); if (op=="<=") exit !(a+0<=b+0); if (op==">=") exit !(a+0>=b+0); exit 1 }' || { verdict=SHORT; FAILED=1; }
  printf '%-5s %-58s %12s  (bar: %s %s)\n' "$verdict" "$what" "$value" "$op" "$bound"
}

finish() {
  [ "$FAILED" -eq 0 ] || exit 1
  echo "$BAR: met"
}

# start_hosts SUITE PREFIX ROLES COUNT: hosts with the agent's package and no control plane; the
# agent is used by hand there.
start_hosts() {
  local host
  lab up --suite "$1" --prefix "$2" --roles "$3" --hosts "$4" >>"$STAGE/lab.log" 2>&1 ||
    { cat "$STAGE/lab.log"; die "The lab did not come up."; }
  for host in $(lab status | awk -v prefix="$2-" 'index($1, prefix) == 1 { print $1 }'); do
    on "$host" sh -c 'cat >/var/tmp/agent.deb && dpkg -i /var/tmp/agent.deb && rm /var/tmp/agent.deb' \
      <"$(agent_deb)" >>"$STAGE/lab.log" 2>&1 || { tail -5 "$STAGE/lab.log"; die "The agent cannot be installed on $host."; }
    HOSTS="${HOSTS:-} $host"
  done
}

# by_hand HOST COMMAND...: the agent's command on the host; what it said ends in by-hand.log. Its
# exit code 4 (done, but the outcome is not good) is for the caller to judge by the result.
by_hand() {
  local host=$1 code=0
  shift
  on "$host" understudy-agent "$@" >"$STAGE/said" 2>&1 || code=$?
  { echo "== $host: $*"; cat "$STAGE/said"; } >>"$STAGE/by-hand.log"
  [ "$code" -eq 0 ] || [ "$code" -eq 4 ] || { tail -20 "$STAGE/said"; return "$code"; }
}

# last_result HOST KIND: the newest report of that kind (Rehearsed, Applied, Restored) as JSON:
# the order's id and its result.
last_result() {
  on "$1" understudy-agent orders --json |
    jq -c --arg kind "$2" 'select(.type == "Reported" and .order != null and .report.type == $kind) | {order, result: .report.result}' | tail -1
}
