# Sourced by the commands at the top of the repository: finds JDK 25 and Maven, installs what is
# missing where it may, and says exactly what is missing where it may not.

UNDERSTUDY_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# is_jdk25 DIR: whether DIR is a JDK (not a JRE) of version 25 or newer.
is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return 1
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${version:-0}" -ge 25 ]
}

find_jdk() {
  local candidate
  for candidate in "${UNDERSTUDY_JDK:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/jdk* /opt/java/*; do
    if [ -n "$candidate" ] && is_jdk25 "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME PATH="$candidate/bin:$PATH"
      return 0
    fi
  done
  return 1
}

# need COMMAND:PACKAGE ... : installs the packages of the commands that are missing (root only).
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    die "Missing: ${missing[*]}. Install these packages (or run this as root on Debian or Ubuntu, which installs them)."
  fi
  echo "Installing ${missing[*]} …"
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"; } \
    >/tmp/understudy-setup.$$.log 2>&1 || { cat /tmp/understudy-setup.$$.log >&2; die "Could not install ${missing[*]}."; }
  rm -f /tmp/understudy-setup.$$.log
}

need_jdk() {
  find_jdk && return 0
  local package
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get -q update >/dev/null 2>&1 || true
    for package in temurin-25-jdk openjdk-25-jdk-headless; do
      if apt-cache show "$package" >/dev/null 2>&1; then
        DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$package" >/dev/null 2>&1 && find_jdk && return 0
      fi
    done
  fi
  die "Understudy needs a JDK of version 25 or newer and found none (looked at UNDERSTUDY_JDK, JAVA_HOME, /usr/lib/jvm, /opt). Install one and set UNDERSTUDY_JDK to its folder."
}

need_build_tools() {
  need_jdk
  need mvn:maven dpkg-deb:dpkg objcopy:binutils
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
}
