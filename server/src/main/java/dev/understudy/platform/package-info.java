/// Database access, transactions, jobs and leases, outbox, clock, HTTP and JSON plumbing. Knows no
/// word of the domain. Owns schema `platform`.
@NullMarked
package dev.understudy.platform;

import org.jspecify.annotations.NullMarked;
