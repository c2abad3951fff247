package dev.understudy.governance;

/// How far a group may be patched without a person.
public enum Autonomy {
    /// Report what is pending; nothing else happens.
    OBSERVE,
    /// Also rehearse and say what should be done.
    RECOMMEND,
    /// Also prepare rollouts, which wait for a person's approval.
    APPROVE,
    /// Also announce rollouts, which start by themselves after a while unless a person objects.
    VETO,
    /// Also roll out.
    AUTOMATIC;

    /// Whether the machine prepares rollouts by itself.
    public boolean plans() {
        return compareTo(APPROVE) >= 0;
    }

    /// Whether nothing starts before a person said so.
    public boolean asks() {
        return compareTo(VETO) < 0;
    }

    /// The one that leaves more to people.
    public Autonomy strictest(Autonomy other) {
        return compareTo(other) <= 0 ? this : other;
    }
}
