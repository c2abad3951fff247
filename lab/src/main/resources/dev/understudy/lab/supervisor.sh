# Runs one host, and boots it again when it reboots. It starts in a mount namespace of its own:
# the host's disk is mounted nowhere else, and ends with this process however that ends.
# Arguments: the systemd-nspawn command. Variables, set by Machine: HOST SUPERVISORS HOST_GROUPS
# KEEP IMAGE DISK ROOT LOWER SETUP.
set -eu

join() {
    for group in $1; do
        echo $$ > "$group/cgroup.procs"
    done
}

join "$SUPERVISORS"

# Mounts of others, kept here, would stay busy for as long as this host runs.
cut -d ' ' -f 5 /proc/self/mountinfo | sort -r | while read -r point; do
    case $point in / | /proc | /proc/* | /sys | /sys/* | /dev | /dev/* | /run) continue ;; esac
    for kept in $KEEP; do
        case $kept in "$point" | "$point"/*) continue 2 ;; esac
    done
    umount --lazy "$point" 2> /dev/null || :
done

# Not with `discard`: when the file system is cut off, the kernel would still discard what files of
# the transaction that is lost had freed. Space that is free goes back to the machine here instead.
mount -o loop,noatime "$IMAGE" "$DISK"
fstrim --quiet-unsupported "$DISK"
mkdir -p "$DISK/upper" "$DISK/work"
mount -t overlay "$HOST" \
    -o "lowerdir=$LOWER,upperdir=$DISK/upper,workdir=$DISK/work" "$ROOT"

if [ ! -e "$DISK/ready" ]; then
    cp -R "$SETUP/." "$ROOT/"
    chroot "$ROOT" ssh-keygen -A
    : > "$DISK/ready"
fi

while :; do
    code=0
    sh -euc 'for group in $0; do echo $$ > "$group/cgroup.procs"; done; exec "$@"' \
        "$HOST_GROUPS" "$@" || code=$?
    # systemd-nspawn's way to say that the host reboots.
    [ "$code" -eq 133 ] || exit "$code"
done
