package dev.understudy.api;

import dev.understudy.governance.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The role that a handler, or every handler of a controller, asks for. Without it reading needs
/// VIEWER and everything else OPERATOR.
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {
    Role value();
}
