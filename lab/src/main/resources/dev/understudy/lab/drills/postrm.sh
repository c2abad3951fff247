#!/bin/sh
set -e
if [ "$1" = remove ] || [ "$1" = purge ]; then
    deb-systemd-helper purge understudy-drill-@NAME@.service > /dev/null || true
    rm -rf /var/lib/understudy-drill-@NAME@
fi
