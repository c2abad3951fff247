package dev.understudy.lab;

import java.util.Set;
import java.util.regex.Pattern;

/// The addresses of a lab: a /16, its first address the gateway's, hosts from x.y.1.1 on.
record Subnet(int first, int second) {
    static final Subnet USUAL = new Subnet(10, 77);
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.0\\.0/16");
    private static final int HOSTS_PER_BLOCK = 250;
    private static final int BLOCKS = 250;

    Subnet {
        boolean isPrivate =
                first == 10
                        || (first == 172 && second >= 16 && second < 32)
                        || (first == 192 && second == 168);
        if (!isPrivate || second < 0 || second > 255) {
            throw new LabException(
                    "%d.%d.0.0/16 is not a private network. Take one below 10.0.0.0/8."
                            .formatted(first, second));
        }
    }

    static Subnet parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new LabException("Not a network like 10.77.0.0/16: " + text);
        }
        return new Subnet(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
    }

    String gateway() {
        return "%d.%d.0.1".formatted(first, second);
    }

    /// The address of the host with this number, counted from 0.
    String address(int number) {
        if (number < 0 || number >= HOSTS_PER_BLOCK * BLOCKS) {
            throw new LabException("A lab has at most " + HOSTS_PER_BLOCK * BLOCKS + " hosts");
        }
        return "%d.%d.%d.%d"
                .formatted(
                        first, second, 1 + number / HOSTS_PER_BLOCK, 1 + number % HOSTS_PER_BLOCK);
    }

    /// The lowest number that no host has.
    static int firstFree(Set<Integer> taken) {
        int number = 0;
        while (taken.contains(number)) {
            number++;
        }
        return number;
    }

    @Override
    public String toString() {
        return "%d.%d.0.0/16".formatted(first, second);
    }
}
