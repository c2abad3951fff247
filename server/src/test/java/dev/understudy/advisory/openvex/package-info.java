@NullMarked
package dev.understudy.advisory.openvex;

import org.jspecify.annotations.NullMarked;
