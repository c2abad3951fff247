package dev.understudy.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Keeps the two ports apart: `/agent/…` exists only on the agents' port, everything else only on
/// the operators'.
public final class PortGate extends HttpFilter {
    private final transient AgentPort agentPort;

    public PortGate(AgentPort agentPort) {
        this.agentPort = agentPort;
    }

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean forAgents = request.getServletPath().startsWith("/agent/");
        if (forAgents == agentPort.is(request.getLocalPort())) {
            chain.doFilter(request, response);
        } else {
            ProblemJson.write(response, 404, "not-found", "There is nothing at this address.");
        }
    }
}
