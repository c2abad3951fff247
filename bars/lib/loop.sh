# Sourced by bars, after stage.sh, with begin_loop for `begin`: a loop that has hosts patched and put back again and again while a bar
# disturbs them, what each host is doing, and whether in the end everything is as it has to be. The bar
# defines API PATH CURL-OPTIONS..., which asks the control plane.

# begin_loop NAME OPTIONS...: as `begin`; also knows --injections N (GIVEN) and --seed SEED.
begin_loop() {
  local name=$1 rest=()
  shift
  GIVEN="" SEED=$$
  while [ $# -gt 0 ]; do
    case "$1" in
      --injections) GIVEN=$2 && shift 2 ;;
      --seed) SEED=$2 && shift 2 ;;
      *) rest+=("$1") && shift ;;
    esac
  done
  begin "$name" "${rest[@]}"
}

# A drill package comes and goes.
drills() { local verb=$1; shift; "$HOME_DIR/understudy" lab drills "$verb" --data "$LAB" "$@" >>"$STAGE/drills.log" 2>&1; }

# Files of packages that differ from what the packages say; the owner's configuration may.
verified() { on "$1" dpkg --verify | tr -d '\r' | grep -v '^.\{9\} c ' | sort; }

# remember_hosts: what the hosts are like before anything is done to them.
remember_hosts() {
  local host
  for host in $HOSTS; do
    on "$host" sh -c 'systemctl list-units --type=service --state=running --plain --no-legend | cut -d" " -f1 | grep -v "^user@\|^session\|^understudy-twin"' | tr -d '\r' | sort >"$STAGE/$host.services"
    verified "$host" >"$STAGE/$host.verified"
    on "$host" sync -f / # How the lab made the host is not what is put to the test.
  done
  for host in $HOSTS; do root_of "$host"; done
  LAB_NAME=$(sed -n 's#.*/understudy-lab/\([^/]*\)/.*#\1#p' "$(dirname "${ROOT[$host]}")/cgroup" | head -1)
}

# ---- the loop: after the real updates, the drill is rolled out, rolled back, rolled out …
# It talks to the API itself: a process of the command line for each question would take the
# machine's time from the hosts.
looked=0
say() { API "$1" -X POST -d "$2" | jq -r '"\(.summary.id // .code // .title) \(.summary.state // .detail // "")"'; }
step() {
  local rollouts id patches drill host
  API "/quarantine" | jq -r '.items[]?.id' | while read -r id; do API "/quarantine/$id" -X DELETE; done
  rollouts=$(API "/rollouts?limit=200" | jq '.items |= map(select(.group == "web"))') || return
  jq -e '.items | length > 0' <<<"$rollouts" >/dev/null || return
  for id in $(jq -r '.items[] | select(.state | IN("Held", "Paused", "AwaitingApproval")) | .id' <<<"$rollouts"); do
    say "/rollouts/$id/halt" '{"reason": "a person looked at the host"}'
  done
  jq -e 'any(.items[]; .open)' <<<"$rollouts" >/dev/null && return
  [ -e "$STAGE/published" ] || { drills publish good && touch "$STAGE/published"; }
  # What the newest one did is undone, once.
  id=$(jq -r '.items[0] | select((.state | IN("Completed", "Halted")) and (.hosts.Done // 0) > 0) | .id' <<<"$rollouts")
  if [ -n "$id" ] && ! grep -qs "$id" "$STAGE/back"; then
    say "/rollouts/$id/rollback" '{"reason": "again"}' && echo "$id" >>"$STAGE/back"
    return
  fi
  patches=$(API "/patches?group=web")
  drill=$(jq -r '.items[].id | select(contains("understudy-drill-good"))' <<<"$patches" | head -1)
  if [ -n "$drill" ]; then
    say /rollouts "{\"group\": \"web\", \"patches\": [\"$drill\"]}"
  elif jq -e '.items | length > 0' <<<"$patches" >/dev/null; then
    say /rollouts '{"group": "web", "security": true}'
  elif [ $((SECONDS - looked)) -gt 30 ]; then
    looked=$SECONDS
    for host in $HOSTS; do API "/hosts/$host/refresh" -X POST >/dev/null; done
  fi
}
loop() { while [ -d "$STAGE" ] && [ ! -e "$STAGE/enough" ]; do step; sleep 2; done >>"$STAGE/loop.log" 2>&1; }

# ---- what the hosts are doing
declare -A ROOT=()
root_of() { # where this machine sees the host's root folder, while it runs
  [ -d "${ROOT[$1]:-/nowhere}/var/lib/understudy" ] || ROOT[$1]=$(lab root "$1" 2>/dev/null)
}
one_of() { local all=("$@"); PICK=${all[$((RANDOM % ${#all[@]}))]}; }
between() { BETWEEN=$(awk -v r="$RANDOM" -v a="$1" -v b="$2" 'BEGIN { print a + (b - a) * r / 32768 }'); }
# Which order is being carried out after these lines of a journal, and how far it is: `Apply INSTALL`.
AT_WORK='def at_work: reduce .[] as $e ({};
    if $e.type == "Accepted" then .open[$e.order.id] = $e.order.body.type
    elif $e.type == "Began" then .order = $e.order | .step = "begun"
    elif $e.type == "Reached" then .step = $e.step
    elif $e.type == "Reported" and $e.fingerprint == null and $e.order != null then
      if $e.report.type == "Progress" then .step = $e.report.phase
      elif $e.report.type != "Accepted" then del(.open[$e.order]) | if .order == $e.order then .order = null else . end
      else . end
    else . end)
  | if .order and .open[.order] and .open[.order] != "Refresh" then "\(.open[.order]) \(.step)" else empty end;'
at_work() { # at_work HOST: fails if it carries no order out
  root_of "$1"
  tail -c 500000 "${ROOT[$1]}/var/lib/understudy/journal/journal.log" 2>/dev/null | cut -c10- |
    jq -Rrn "$AT_WORK"' [inputs | fromjson?] | at_work' | grep .
}
processes() { # processes NAME GROUP: those in a host's control group, which are also those of its twins, or in one below it
  local pid
  for pid in $(pgrep -x "$1"); do
    grep -q "/understudy-lab/$LAB_NAME/$2" "/proc/$pid/cgroup" 2>/dev/null && echo "$pid"
  done
}
kill_agent() { # its own process only; a running apt goes on
  local pid
  pid=$(processes java "$1/payload/system.slice/understudy-agent.service" | head -1)
  [ -n "$pid" ] && kill -9 "$pid" && WHAT="process $pid"
}
begun() { # applies and restores that have begun
  for host in $HOSTS; do
    root_of "$host"
    cut -c10- "${ROOT[$host]}"/var/lib/understudy/journal/journal*.log |
      jq -Rr 'fromjson? | select(.type == "Reached" and (.step | IN("INSTALL", "RESTORE"))) | .order'
  done | sort -u | wc -l
}

# quiet: nothing of the real hosts is under way any more. What waits for a person is halted.
quiet() {
  local rollouts id host
  rollouts=$(API "/rollouts?limit=500" | jq '.items |= map(select(.group == "web"))') || return
  for id in $(jq -r '.items[] | select(.state | IN("Held", "Paused", "AwaitingApproval")) | .id' <<<"$rollouts"); do say "/rollouts/$id/halt" '{"reason": "the test ends"}' >>"$STAGE/loop.log"; done
  jq -e 'all(.items[]; .open == false)' <<<"$rollouts" >/dev/null || return
  for host in $HOSTS; do
    API "/hosts/$host/orders?limit=1000" | jq -e 'all(.items[]; .state | IN("QUEUED", "DELIVERED", "ACCEPTED") | not)' >/dev/null || return
  done
}

# ---- what is left
look_at_what_is_left() {
  local host audit half differing wrong ports port left
  broken=0 mixed=0 damaged=0 dead=0 silent=0 twins=0 open=0 lost=0 doubled=0
  for host in $HOSTS; do
    audit=$(on "$host" dpkg --audit | wc -l)
    on "$host" dpkg-query -W -f '${Package}:${Architecture}\t${Version}\t${db:Status-Abbrev}\n' | tr -d '\r' >"$STAGE/$host.versions"
    half=$(awk -F'\t' '$3 !~ /^(ii|rc|hi|un) *$/' "$STAGE/$host.versions" | tee -a "$STAGE/half" | wc -l)
    broken=$((broken + audit + half))
    differing=$(verified "$host" | comm -13 "$STAGE/$host.verified" - | sed "s/^/$host: /" | tee -a "$STAGE/damaged" | wc -l)
    damaged=$((damaged + differing))

    on "$host" understudy-agent orders --json | tr -d '\r' >"$STAGE/$host.orders"
    API "/hosts/$host/orders?limit=1000" >"$STAGE/$host.issued"
    # The version that each package has by the journal: what the last ended order made of it.
    jq -rs '
      (map(select(.type == "Accepted")) | map({key: .order.id, value: .order.body}) | from_entries) as $body |
      reduce (.[] | select(.type == "Reported" and .fingerprint == null)) as $r ({};
        $body[$r.order // ""] as $b |
        if $r.report.type == "Applied" then
          reduce $b.plan.changes[] as $c (.; if ($r.report.result.outcome | IN("IN_EFFECT", "NOT_IN_EFFECT")) then .["\($c.name):\($c.architecture)"] = $c.to
            elif $r.report.result.outcome == "RESTORED" then .["\($c.name):\($c.architecture)"] = $c.from else . end)
        elif $r.report.type == "Restored" then
          reduce ($body[$b.checkpoint].plan.changes // [])[] as $c (.; .["\($c.name):\($c.architecture)"] = $c.from)
        else . end)
      | to_entries[] | "\(.key)\t\(.value)"' "$STAGE/$host.orders" | sort >"$STAGE/$host.expected"
    wrong=$(cut -f1,2 "$STAGE/$host.versions" | sort | comm -13 - <(awk -F'\t' '$2 != "null"' "$STAGE/$host.expected") | tee -a "$STAGE/mixed" | wc -l)
    mixed=$((mixed + wrong))

    # shellcheck disable=SC2046
    on "$host" sh -c 'for unit; do echo "$unit is $(systemctl is-active "$unit")"; done' sh $(cat "$STAGE/$host.services") | tr -d '\r' | grep -v ' is active$' | sed "s/^/$host: /" | tee "$STAGE/dead"
    dead=$((dead + $(wc -l <"$STAGE/dead")))
    ports="7001"; case "$host" in *nginx*) ports="80 7001" ;; esac
    for port in $ports; do
      on "$host" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && head -1 <&3 | grep -q ' 200'" || { silent=$((silent + 1)); echo "$host: port $port does not answer 200"; }
    done
    left=$(on "$host" sh -c 'grep -c understudy-twin /proc/mounts; systemctl list-units --all --plain --no-legend "understudy-twin*" | wc -l
      find /sys/fs/cgroup -type d -name "*understudy-twin*" | wc -l; find /run/understudy-twins /var/lib/understudy/twins/layers /var/lib/understudy/twins/frozen -mindepth 1 -maxdepth 1 2>/dev/null | wc -l' | tr -d '\r' | paste -sd+ | bc)
    twins=$((twins + left))

    open=$((open + $(jq '[.items[] | select(.state | IN("QUEUED", "DELIVERED", "ACCEPTED"))] | length' "$STAGE/$host.issued")))
    # Lost: accepted and never ended, ended on the host and not known to the control plane, or ended
    # for the control plane by a last word that the host no longer knows of.
    lost=$((lost + $(jq -s --slurpfile issued "$STAGE/$host.issued" '
      (map(select(.type == "Reported" and .fingerprint == null and (.report.type | IN("Accepted", "Progress", "Refused") | not)) | .order) | unique) as $ended |
      (map(select(.type == "Reported" and .report.type == "Refused") | .order) | unique) as $refused |
      ([.[] | select(.type == "Accepted" and .byHand == false) | .order.id] - $ended - $refused) +
      ([$ended[] | select(. != null)] - [$issued[0].items[] | select(.state == "ENDED") | .id]) +
      ([$issued[0].items[] | select(.state == "ENDED" and .report != null) | .id] - $ended - $refused)
      | length' "$STAGE/$host.orders")))
    # Doubled: let in or ended more than once, or begun again after its end.
    doubled=$((doubled + $(jq -s '
      (map(select(.type == "Accepted") | .order.id) | group_by(.) | map(select(length > 1)) | length) +
      (map(select(.type == "Reported" and .fingerprint == null and .order != null and (.report.type | IN("Accepted", "Progress") | not)) | .order) | group_by(.) | map(select(length > 1)) | length) +
      (reduce .[] as $e ({ended: {}, again: 0};
        if $e.type == "Began" and .ended[$e.order] then .again += 1
        elif $e.type == "Reported" and $e.fingerprint == null and $e.order != null and ($e.report.type | IN("Accepted", "Progress") | not) then .ended[$e.order] = true
        else . end) | .again)' "$STAGE/$host.orders")))
    jq -r 'select(.type == "Reported" and .fingerprint == null) | .report | select((.result.reasons? // [] | length) > 0) | "      \(.type) \(.result.outcome // .result.verdict // .result.complete): \(.result.reasons | join("; ") | .[0:250])"' "$STAGE/$host.orders" >>"$STAGE/reasons.log"
    echo "$host: $(jq -rs 'map(select(.type == "Reported" and .fingerprint == null) | .report | select(.type | IN("Accepted", "Progress") | not) | .type + " " + (.result.outcome // .result.verdict // "")) | group_by(.) | map("\(.[0]) \(length)") | join(", ")' "$STAGE/$host.orders")"
  done
  cat "$STAGE/half" "$STAGE/mixed" "$STAGE/damaged" 2>/dev/null
  sed 's/[0-9a-f]\{8\}-[0-9a-f-]\{27\}/…/g' "$STAGE/reasons.log" | cut -c1-130 | sort | uniq -c | sort -rn | head -40
}

bar_what_is_left() {
  bar "packages that dpkg calls broken" "$broken" == 0
  bar "packages not at the version the last order says" "$mixed" == 0
  bar "files of packages that are not as the package has them" "$damaged" == 0
  bar "outcomes BROKEN" "$(cat "$STAGE"/*.orders | jq -s 'map(select(.report.result.outcome? == "BROKEN")) | length')" == 0
  bar "services not active" "$dead" == 0
  bar "HTTP ports not answering 200" "$silent" == 0
  bar "things left of twins" "$twins" == 0
  bar "orders still open in the control plane" "$open" == 0
  bar "orders lost" "$lost" == 0
  bar "orders doubled" "$doubled" == 0
}
