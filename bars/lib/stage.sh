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
    echo "--- last words of the control plane"
    tail -25 "$UNDERSTUDY_DATA/server.log" 2>/dev/null | cut -c1-300
    keep_evidence
  fi
  [ -d "$LAB" ] && lab down --purge >/dev/null 2>&1
  u down >/dev/null 2>&1
  rm -rf "$STAGE"
  exit "$code"
}

# What is needed to understand a failure survives the stage, in target/bars.
keep_evidence() {
  local kept="$HOME_DIR/target/bars/$BAR"
  mkdir -p "$kept"
  cp "$UNDERSTUDY_DATA"/*.log "$kept" 2>/dev/null
  local host
  for host in ${HOSTS:-}; do
    on "$host" journalctl -u understudy-agent --no-pager >"$kept/$host.journal" 2>/dev/null
  done
  echo "--- kept in target/bars/$BAR"
}

u() { "$HOME_DIR/understudy" "$@"; }
lab() { local verb=$1; shift; "$HOME_DIR/understudy" lab "$verb" --data "$LAB" "$@"; }
on() { local host=$1; shift; "$HOME_DIR/understudy" lab exec --data "$LAB" "$host" -- "$@"; }

free_port() { # free_port FROM: the first port from there on that nobody listens on
  local port=$1
  while ss -Hltn "sport = :$port" | grep -q .; do port=$((port + 1)); done
  echo "$port"
}

# start_control: the control plane on free loopback ports; feeds from the shared data where they are.
start_control() {
  OPERATOR_PORT=$(free_port $((20000 + RANDOM % 5000)))
  AGENT_PORT=$(free_port $((26000 + RANDOM % 5000)))
  u up --no-observe --operator-port "$OPERATOR_PORT" --agent-port "$AGENT_PORT" --agent-names 10.77.0.1 \
    --server-option=--poll=PT2S --server-option=--busy-poll=PT1S "$@" >"$STAGE/up.log" 2>&1 || { cat "$STAGE/up.log"; die "The control plane did not start."; }
}

# start_lab HOSTS ROLES GROUP: real hosts, agents installed and enrolled into the group.
start_lab() {
  local deb
  deb=$(ls -t "$HOME_DIR"/agent/target/understudy-agent_*.deb | head -1)
  for _ in $(seq "$1"); do u tokens enrol --group "$3"; done >"$STAGE/tokens"
  lab up --hosts "$1" --roles "$2" --server "https://127.0.0.1:$AGENT_PORT" --agent-deb "$deb" --tokens "$STAGE/tokens" \
    >"$STAGE/lab.log" 2>&1 || { cat "$STAGE/lab.log"; die "The lab did not come up."; }
  HOSTS=$(u hosts --json | jq -r '.items[].name')
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
