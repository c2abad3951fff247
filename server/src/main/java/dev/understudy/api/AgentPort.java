package dev.understudy.api;

/// Tells the port of the agents from that of the operators.
public interface AgentPort {
    boolean is(int localPort);
}
