# Runs on a host: prints what a rollback has to bring back, one line per thing, sorted by name:
#   version NAME:ARCHITECTURE<tab>VERSION STATUS
#   auto NAME<tab>
#   PATH<tab>TYPE MODE OWNER:GROUP LINK-TARGET SHA-256
# Left out is what is data, rebuilt, or must tell what happened: logs, caches, run-time state,
# database contents, downloaded package lists, the agent's own folder.
set -eu
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dpkg-query -W -f 'version ${Package}:${Architecture}\t${Version} ${db:Status-Abbrev}\n'
apt-mark showauto | sed 's/^/auto /; s/$/\t/'
walk() {
  find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp \
    -o -path /var/log -o -path /var/backups -o -path /var/lib/systemd -o -path /var/lib/apt/lists \
    -o -path /var/lib/apt/periodic -o -path '/var/cache/apt' -o -path '/var/cache/man' -o -path '/var/cache/ldconfig' \
    -o -path '/var/lib/postgresql/*' -o -path '/var/lib/redis/*' -o -path '/var/lib/understudy' \) -prune -o "$@"
}
walk -printf '%p\t%y %m %U:%G %l\n' >"$work/attributes"
walk -type f -print0 | xargs -0 -r -P2 -n 400 sha256sum | sed -E 's/^\\?([0-9a-f]{64})  (.*)$/\2\t\1/' >"$work/hashes"
awk -F '\t' 'NR == FNR { hash[$1] = $2; next } { print $0 " " hash[$1] }' "$work/hashes" "$work/attributes" | sort
