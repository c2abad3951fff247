/// The program: its options, how the modules are put together, and how it starts and stops.
///
/// Wiring: each module has one `@Configuration` class here, `WireFleet` for `fleet`, whose `@Bean`
/// methods call plain constructors and take what they need as parameters. Subscriptions
/// ([dev.understudy.platform.Subscriptions#on]) and jobs ([dev.understudy.platform.Jobs#every]) are
/// registered in these methods; [Engine] starts both once everything is wired and before the ports
/// open, and stops them after the ports closed. Component scan covers `app`, `api` and `console`
/// only. Settings that a module needs are records of its own, which its wiring fills from
/// [Settings].
@NullMarked
package dev.understudy.app;

import org.jspecify.annotations.NullMarked;
