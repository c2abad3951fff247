#!/bin/sh
set -e
@POSTINST_FAULT@
if [ "$1" = configure ]; then
    deb-systemd-helper enable understudy-drill-@NAME@.service > /dev/null || true
    if [ -d /run/systemd/system ]; then
        systemctl --system daemon-reload > /dev/null || true
        deb-systemd-invoke restart understudy-drill-@NAME@.service > /dev/null || true
    fi
fi
