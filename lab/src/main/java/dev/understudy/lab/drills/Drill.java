package dev.understudy.lab.drills;

import dev.understudy.lab.LabException;
import java.util.Arrays;
import java.util.Locale;

/// What goes wrong with version 2.0 of a drill package. Version 1.0 always works.
public enum Drill {
    GOOD(7001, "nothing: a good update", "", ""),
    NOSERVICE(7002, "its service does not start", "die \"$name $version cannot start\\n\";", ""),
    HTTP500(
            7003,
            "its service starts, but answers 500",
            "$status = '500 Internal Server Error';",
            ""),
    POSTINST_FAIL(
            7004,
            "its installation fails at the end",
            "",
            """
            echo "understudy-drill: the configuration cannot be migrated" >&2
            exit 1
            """),
    POSTINST_HANG(7005, "its installation does not end within an hour", "", "sleep 3600"),
    // Bounded: on a machine without a lab host's small disk it does not take everything.
    FILLS_DISK(
            7006,
            "its installation fills the disk, up to 6 GiB, and fails",
            "",
            """
            if [ "$1" = configure ]; then
                mkdir -p /var/lib/understudy-drill-fills-disk
                fill=/var/lib/understudy-drill-fills-disk/fill
                for block in $(seq 0 95); do
                    fallocate --offset "$((block * 64))MiB" --length 64MiB "$fill" || break
                done
                dd if=/dev/zero of="$fill" bs=64k count=1024 oflag=append conv=notrunc
            fi
            """),
    ONE_CONFIG(
            7007,
            "its service does not start where /etc/understudy-drill/special exists",
            "die \"$name $version does not know this setting\\n\""
                    + " if -e '/etc/understudy-drill/special';",
            ""),
    LIVE_ONLY(
            7008,
            "its service starts in a twin, but not on the real host",
            """
            my $container = '';
            if (open my $file, '<', '/run/systemd/container') {
                $container = <$file> // '';
                chomp $container;
            }
            die "$name $version fails on a real host\\n"
                if $container eq '' || $container eq 'systemd-nspawn';
            """,
            "");

    private final int port;
    private final String fault;
    private final String program;
    private final String postinst;

    Drill(int port, String fault, String program, String postinst) {
        this.port = port;
        this.fault = fault;
        this.program = program;
        this.postinst = postinst;
    }

    /// As people write it: `live-only`.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Drill of(String text) {
        return Arrays.stream(values())
                .filter(drill -> drill.text().equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                new LabException(
                                        "No drill '%s'. There are: %s"
                                                .formatted(
                                                        text,
                                                        Arrays.stream(values())
                                                                .map(Drill::text)
                                                                .toList())));
    }

    public String packageName() {
        return "understudy-drill-" + text();
    }

    /// Where its service listens.
    public int port() {
        return port;
    }

    /// What is wrong with version 2.0, in words.
    public String fault() {
        return fault;
    }

    /// The part of the service's program that is wrong.
    String program() {
        return program;
    }

    /// The part of the installation that is wrong.
    String postinst() {
        return postinst;
    }
}
