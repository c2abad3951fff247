package dev.understudy.advisory;

/// How far the public exploitation of a vulnerability has come, least first.
public enum Maturity {
    /// Somebody showed that it can be done.
    POC,
    /// Works on what it was written for.
    FUNCTIONAL,
    /// Part of a tool that anybody can run against anybody.
    WEAPONISED
}
