/// The web console: server-rendered pages that keep themselves up to date. A page is a handler, a
/// view record that holds exactly what is shown, and a template.
@NullMarked
package dev.understudy.console;

import org.jspecify.annotations.NullMarked;
