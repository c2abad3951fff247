/// The update information of RPM repositories (`updateinfo.xml`), which comes with the packages
/// themselves.
@NullMarked
package dev.understudy.advisory.updateinfo;

import org.jspecify.annotations.NullMarked;
