/// The wire between agent and control plane: what is said, how it is signed, and how doubt is
/// refused.
@NullMarked
package dev.understudy.protocol;

import org.jspecify.annotations.NullMarked;
