#!/bin/sh
# The inside of a twin's transient unit. DIR holds what the agent wrote down for it: `upper`
# (where the writable layers go), `mounts` (kind, mode and owner, mount point), `addresses`,
# `settings`, `masks`, `hidden`, `shared`.
#
#   twin.sh keep DIR   main process, in a mount name space of its own: mounts the layers, writes
#                      DIR/mounted, waits for a line in the pipe DIR/go, then holds the twin's
#                      life
#   twin.sh enter DIR  first process of the twin's process name space: joins the twin's cgroup
#   twin.sh boot DIR   in all name spaces of the twin: makes /proc, /dev, /run … and becomes init
#
# Every mount is made in the unit's own mount name space, so all of them end with its processes.
set -eu
umask 022
stage=$1
dir=$2
layers=$dir/layers
merged=$layers/merged

# The folders of this unit's cgroup, in each hierarchy that systemd uses.
cgroups() {
    while IFS=: read -r _ controllers path; do
        case $controllers in
        '')
            if [ -e /sys/fs/cgroup/cgroup.procs ]; then
                echo "/sys/fs/cgroup$path"
            elif [ -d /sys/fs/cgroup/unified ]; then
                echo "/sys/fs/cgroup/unified$path"
            fi
            ;;
        name=systemd) echo "/sys/fs/cgroup/systemd$path" ;;
        esac
    done </proc/self/cgroup
}

mount_layers() {
    read -r kind where <"$dir/upper"
    case $kind in
    memory) mount -t tmpfs -o "mode=0711,size=$where" understudy-twin "$layers" ;;
    disk)
        mkfifo -m 0600 "$dir/disk"
        echo $$ >"$dir/keeper"
        read -r _ <"$dir/disk"
        # The image's own folder, and its root is for root only.
        rmdir "$layers/lost+found"
        chmod 0711 "$layers"
        ;;
    esac
    n=0
    while read -r kind owner at; do
        target=$merged${at%/}
        case $kind in
        layer)
            mkdir -p "$layers/$n/upper" "$layers/$n/work" "$merged"
            if [ "$owner" != usual ]; then
                chown "${owner#*,}" "$layers/$n/upper"
                chmod "${owner%,*}" "$layers/$n/upper"
            fi
            mount -t overlay \
                -o "lowerdir=$at,upperdir=$layers/$n/upper,workdir=$layers/$n/work,index=off,redirect_dir=off,metacopy=off" \
                understudy-twin "$target"
            n=$((n + 1))
            ;;
        copy)
            mkdir -p "$layers/copied/$at"
            cp -a "$at/." "$layers/copied/$at"
            mount --bind "$layers/copied/$at" "$target"
            ;;
        bind)
            mount --bind "$at" "$target"
            mount -o remount,bind,ro "$target"
            ;;
        esac
    done <"$dir/mounts"
}

# The agent's own data is not the twin's business; only the archives it downloaded are.
hide() {
    while IFS= read -r share; do
        mkdir -p "$layers/shared$share"
        mount --bind "$merged$share" "$layers/shared$share"
    done <"$dir/shared"
    while IFS= read -r folder; do
        if [ -d "$merged$folder" ]; then
            mount -t tmpfs -o mode=0755,size=1m understudy-twin "$merged$folder"
        fi
    done <"$dir/hidden"
    while IFS= read -r share; do
        mkdir -p "$merged$share"
        mount --bind "$layers/shared$share" "$merged$share"
    done <"$dir/shared"
}

keep() {
    mount_layers
    echo $$ >"$dir/mounted"
    mkfifo -m 0600 "$dir/go"
    read -r _ <"$dir/go"
    hide
    cgroups >"$dir/cgroups"
    while IFS= read -r cgroup; do
        mkdir "$cgroup/keeper" "$cgroup/twin"
        echo $$ >"$cgroup/keeper/cgroup.procs"
    done <"$dir/cgroups"
    unshare --pid --fork --kill-child=SIGKILL --uts --ipc --net \
        /bin/sh "$dir/twin.sh" enter "$dir"
}

enter() {
    while IFS= read -r cgroup; do
        echo 0 >"$cgroup/twin/cgroup.procs"
    done <"$dir/cgroups"
    exec unshare --mount --cgroup --propagation slave /bin/sh "$dir/twin.sh" boot "$dir"
}

# The host's own addresses, on the loopback device: services that bind to one of them start, and
# there is no route to anywhere else.
make_network() {
    ip link set lo up
    while IFS= read -r address; do
        case $address in
        *:*) ip address add "$address" dev lo nodad 2>/dev/null || echo "no address $address" ;;
        *) ip address add "$address" dev lo || echo "no address $address" ;;
        esac
    done <"$dir/addresses"
    while read -r setting value; do
        if [ -w "/proc/sys/net/$setting" ]; then
            echo "$value" >"/proc/sys/net/$setting" || echo "cannot set net/$setting"
        fi
    done <"$dir/settings"
}

make_proc_and_sys() {
    mount -t proc -o nosuid,nodev,noexec proc "$merged/proc"
    mount --bind "$merged/proc/sys" "$merged/proc/sys"
    mount --bind "$merged/proc/sys/net" "$merged/proc/sys/net"
    mount -o remount,bind,ro "$merged/proc/sys"
    for name in acpi bus fs irq scsi; do
        if [ -e "$merged/proc/$name" ]; then
            mount --bind "$merged/proc/$name" "$merged/proc/$name"
            mount -o remount,bind,ro "$merged/proc/$name"
        fi
    done
    for name in sysrq-trigger kmsg kcore; do
        if [ -e "$merged/proc/$name" ]; then
            mount --bind /dev/null "$merged/proc/$name"
        fi
    done
    mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$merged/sys"
}

make_cgroup() {
    if [ -e /sys/fs/cgroup/cgroup.procs ]; then
        mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$merged/sys/fs/cgroup"
        return
    fi
    mount -t tmpfs -o mode=0755,nosuid,nodev,noexec,size=4m cgroup "$merged/sys/fs/cgroup"
    mkdir "$merged/sys/fs/cgroup/systemd"
    mount -t cgroup -o nosuid,nodev,noexec,none,name=systemd cgroup \
        "$merged/sys/fs/cgroup/systemd"
    if [ -d /sys/fs/cgroup/unified ]; then
        mkdir "$merged/sys/fs/cgroup/unified"
        mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$merged/sys/fs/cgroup/unified"
    fi
    mount -o remount,ro "$merged/sys/fs/cgroup"
}

make_dev() {
    mount -t tmpfs -o mode=0755,nosuid,size=4m dev "$merged/dev"
    for name in null zero full random urandom tty; do
        : >"$merged/dev/$name"
        mount --bind "/dev/$name" "$merged/dev/$name"
    done
    mkdir "$merged/dev/pts" "$merged/dev/shm" "$merged/dev/mqueue"
    mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=620,gid=5 devpts \
        "$merged/dev/pts"
    mount -t mqueue -o nosuid,nodev,noexec mqueue "$merged/dev/mqueue"
    mount -t tmpfs -o mode=1777,nosuid,nodev,size=25% shm "$merged/dev/shm"
    ln -s pts/ptmx "$merged/dev/ptmx"
    ln -s /proc/self/fd "$merged/dev/fd"
    ln -s fd/0 "$merged/dev/stdin"
    ln -s fd/1 "$merged/dev/stdout"
    ln -s fd/2 "$merged/dev/stderr"
}

make_run() {
    mount -t tmpfs -o mode=0755,nosuid,nodev,size=20% run "$merged/run"
    mount -t tmpfs -o mode=1777,nosuid,nodev,size=25% tmp "$merged/tmp"
    mkdir -p "$merged/run/host" "$merged/run/systemd/system.control"
    echo understudy >"$merged/run/host/container-manager"
    while IFS= read -r unit; do
        ln -s /dev/null "$merged/run/systemd/system.control/$unit"
    done <"$dir/masks"
}

boot() {
    mount --make-rprivate /
    make_network
    make_proc_and_sys
    make_cgroup
    make_dev
    make_run
    cd "$merged"
    mkdir run/host/before
    pivot_root . run/host/before
    cd /
    umount -l /run/host/before
    rmdir /run/host/before
    exec env -i container=understudy PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init </dev/null
}

"$stage"
