/// CISA's vulnrichment records: CVE 5 records with SSVC decision points of the CISA ADP container.
@NullMarked
package dev.understudy.advisory.vulnrichment;

import org.jspecify.annotations.NullMarked;
