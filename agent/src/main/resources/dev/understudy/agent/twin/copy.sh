#!/bin/sh
# Copies the folders of a database while its cgroup is frozen:
#
#   copy.sh CGROUP LIST PAUSE
#
# LIST holds the folders, each followed by the folder that receives its content. PAUSE receives how
# long the database stood still, in nanoseconds. Runs in a transient unit that is ended after a
# short time and thaws the cgroup whatever happens to this script.
set -eu
cgroup=$1
list=$2
pause=$3

before=$(date +%s%N)
echo 1 >"$cgroup/cgroup.freeze"
tries=0
until grep -q '^frozen 1$' "$cgroup/cgroup.events"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
        echo "the cgroup does not freeze"
        exit 3
    fi
    sleep 0.01
done
while IFS= read -r from && IFS= read -r to; do
    cp -a --reflink=auto "$from/." "$to/"
done <"$list"
echo 0 >"$cgroup/cgroup.freeze"
echo $(($(date +%s%N) - before)) >"$pause"
