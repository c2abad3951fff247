package dev.understudy.protocol.version;

/// Two versions that are to be compared.
record Pair(String a, String b) {
    int by(VersionOrder order) {
        return Integer.signum(order.compare(a, b));
    }

    int byKeys(VersionOrder order) {
        return Integer.signum(order.key(a).compareTo(order.key(b)));
    }

    @Override
    public String toString() {
        return "'" + a + "' and '" + b + "'";
    }
}
