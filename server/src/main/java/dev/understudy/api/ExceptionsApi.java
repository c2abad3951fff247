package dev.understudy.api;

import dev.understudy.fleet.Hosts;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.FindingException;
import dev.understudy.risk.FindingExceptions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// What somebody decided to leave open, until when, and who answers for it.
@RestController
@RequestMapping("/api/v1/exceptions")
public final class ExceptionsApi {
    private final FindingExceptions exceptions;
    private final Hosts hosts;
    private final InstantSource clock;

    public ExceptionsApi(FindingExceptions exceptions, Hosts hosts, InstantSource clock) {
        this.exceptions = exceptions;
        this.hosts = hosts;
        this.clock = clock;
    }

    /// An exception as it is.
    ///
    /// @param holds whether it holds now
    record View(
            UUID id,
            String subject,
            @Nullable HostId host,
            String group,
            String owner,
            String reason,
            Instant createdAt,
            String createdBy,
            Instant until,
            @Nullable Instant endedAt,
            String endedBy,
            boolean holds) {
        static View of(FindingException each, Instant now) {
            return new View(
                    each.id(),
                    each.subject(),
                    each.host(),
                    each.group(),
                    each.owner(),
                    each.reason(),
                    each.createdAt(),
                    each.createdBy(),
                    each.until(),
                    each.endedAt(),
                    each.endedBy(),
                    each.holds(now));
        }
    }

    /// What is to be left open.
    ///
    /// @param subject a CVE, or a patch
    /// @param host its id or name
    record Wanted(
            String subject,
            Optional<String> host,
            Optional<String> group,
            String owner,
            String reason,
            Instant until) {}

    @GetMapping
    Items<View> all() {
        Instant now = clock.instant();
        return new Items<>(exceptions.all().stream().map(each -> View.of(each, now)).toList());
    }

    @PostMapping
    @Needs(Role.APPROVER)
    @ResponseStatus(HttpStatus.CREATED)
    View add(Operator operator, @RequestBody Wanted wanted) {
        FindingException made =
                exceptions.add(
                        operator.actor(),
                        text(wanted.subject()),
                        wanted.host().map(named -> hosts.named(named).id()).orElse(null),
                        wanted.group().orElse(""),
                        text(wanted.owner()),
                        text(wanted.reason()),
                        wanted.until() == null ? Instant.EPOCH : wanted.until());
        return View.of(made, clock.instant());
    }

    @DeleteMapping("/{id}")
    @Needs(Role.APPROVER)
    View end(Operator operator, @PathVariable UUID id) {
        return View.of(exceptions.end(operator.actor(), id), clock.instant());
    }

    private static String text(@Nullable String given) {
        return given == null ? "" : given;
    }
}
