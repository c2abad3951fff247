package dev.understudy.governance;

import java.util.UUID;

/// Who is asking: the owner of an API token.
public record Operator(UUID token, String name, Role role) {
    /// How the audit trail names this operator.
    public String actor() {
        return "token:" + name;
    }
}
