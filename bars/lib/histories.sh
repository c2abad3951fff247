# Sourced by the bars that are property tests of the server: runs one over many random histories.

source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/env.sh"

# histories BAR TEST FIRST_WORDS COUNT "$@"
histories() {
  local bar=$1 test=$2 words=$3 count=$4 log
  shift 4
  for option in "$@"; do
    case "$option" in
      --short) count=8 ;;
      *) die "Unknown option: $option. This bar knows --short." ;;
    esac
  done
  need_build_tools
  log=$(mktemp)
  if ! (cd "$UNDERSTUDY_HOME" && mvn -B -q -Dquick -pl server -am test -Dtest="$test" -Dsurefire.failIfNoSpecifiedTests=false \
    -Dtest.jvm="--enable-native-access=ALL-UNNAMED -Dunderstudy.histories=$count") >"$log" 2>&1; then
    grep -vE ' INFO | LOG: ' "$log" | tail -30
    echo "$bar: SHORT, see $log"
    exit 1
  fi
  # A test goes on to further histories until it has seen each thing that it looks for.
  if ! awk -v words="$words:" -v least="$count" '
      index($0, words) == 1 && / random histories/ && substr($0, length(words) + 2) + 0 >= least { print; found = 1 }
      END { exit !found }' "$log"; then
    tail -5 "$log"
    die "$bar: the test did not say that it compared $count histories; its output is in $log."
  fi
  rm -f "$log"
  echo "$bar: met"
}
