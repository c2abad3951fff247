package dev.understudy.governance;

/// How far a group may be patched without a person.
public enum Autonomy {
    /// Report what is pending; nothing else happens.
    OBSERVE,
    /// Also rehearse and say what should be done.
    RECOMMEND,
    /// Also prepare rollouts, which wait for a person's approval.
    APPROVE,
    /// Also roll out.
    AUTOMATIC
}
