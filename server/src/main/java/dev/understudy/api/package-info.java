/// What the control plane answers over HTTP: the REST API for operators and the endpoint for
/// agents. Each controller serves one module.
@NullMarked
package dev.understudy.api;

import org.jspecify.annotations.NullMarked;
