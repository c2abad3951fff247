/// Database access, transactions, jobs and leases, outbox, clock, HTTP and JSON plumbing. Knows no
/// word of the domain. Owns schema `platform`.
///
/// A module tells the ones above it what happened with [Outbox#publish] in the transaction that
/// made it so; they take it with [Subscriptions#on], at least once and in order. What has to happen
/// later or again and again is a job of [Jobs].
@NullMarked
package dev.understudy.platform;

import org.jspecify.annotations.NullMarked;
