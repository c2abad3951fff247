/// `understudy …`: the operators' command line. Talks to the REST API only and uses the console's
/// words. Tables for people, `--json` for programs, exit codes for scripts.
@NullMarked
package dev.understudy.cli;

import org.jspecify.annotations.NullMarked;
