/// What the host looked like before a patch, kept so that it can be put back: the live copies of
/// exactly the paths that the rehearsal changed, with a manifest that every restore is verified
/// against.
@NullMarked
package dev.understudy.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
