/// What matters on which host and why: which patches each host needs, the deadline and the order of
/// each, the sentence that explains it, and why what is pending is not installed. Who is exposed to
/// what is in `risk.exposure`. Owns schema `risk`.
@NullMarked
package dev.understudy.risk;

import org.jspecify.annotations.NullMarked;
