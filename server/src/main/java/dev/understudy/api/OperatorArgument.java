package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.platform.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/// Gives a handler the operator who asks, as a parameter of type [Operator].
final class OperatorArgument implements HandlerMethodArgumentResolver {
    static Optional<Operator> current() {
        @Nullable Authentication who = SecurityContextHolder.getContext().getAuthentication();
        return who != null && who.getPrincipal() instanceof Operator operator
                ? Optional.of(operator)
                : Optional.empty();
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Operator.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        return current()
                .orElseThrow(
                        () ->
                                new Problem(
                                        Problem.Kind.UNAUTHENTICATED,
                                        "not-signed-in",
                                        "This needs an operator."));
    }
}
