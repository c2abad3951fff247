package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/// Lets a request through to its handler when the operator has the role that the handler [Needs].
final class RoleGate implements HandlerInterceptor {
    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        OperatorArgument.current()
                .ifPresent(operator -> require(operator, needed(request, handler)));
        return true;
    }

    private static void require(Operator operator, Role needed) {
        if (!operator.role().includes(needed)) {
            throw new Problem(
                    Problem.Kind.FORBIDDEN,
                    "role-missing",
                    "This needs the role %s; the token '%s' has %s."
                            .formatted(needed, operator.name(), operator.role()));
        }
    }

    private static Role needed(HttpServletRequest request, Object handler) {
        String verb = request.getMethod();
        boolean reads = verb.equals("GET") || verb.equals("HEAD");
        return handler instanceof HandlerMethod method ? needed(method, reads) : usual(reads);
    }

    /// The role that a handler needs.
    static Role needed(HandlerMethod method, boolean reads) {
        @Nullable Needs own =
                AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), Needs.class);
        @Nullable Needs all =
                AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), Needs.class);
        if (own != null) {
            return own.value();
        }
        if (all != null) {
            return all.value();
        }
        return usual(reads);
    }

    private static Role usual(boolean reads) {
        return reads ? Role.VIEWER : Role.OPERATOR;
    }
}
