package dev.understudy.api;

import dev.understudy.rollout.Diary;
import dev.understudy.rollout.RolloutId;
import dev.understudy.rollout.Rollouts;
import io.swagger.v3.oas.annotations.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/// What happens in a rollout, as it happens (server-sent events). Each event has the number of its
/// diary entry, so a reader that was cut off goes on with `Last-Event-ID`. After the rollout's end
/// the stream says `end` and closes.
@RestController
public final class RolloutEventsApi {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int SILENT_LOOKS = 30;
    private static final int PAGE = 500;

    private final Diary diary;
    private final Rollouts rollouts;

    public RolloutEventsApi(Diary diary, Rollouts rollouts) {
        this.diary = diary;
        this.rollouts = rollouts;
    }

    @GetMapping(path = "/api/v1/rollouts/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(summary = "Follow a rollout as it happens (server-sent events)")
    SseEmitter events(
            @PathVariable UUID id,
            @RequestHeader(name = "Last-Event-ID") Optional<Long> lastEventId) {
        RolloutId rollout = rollouts.get(new RolloutId(id)).id();
        SseEmitter emitter = new SseEmitter(0L);
        Thread follower =
                Thread.ofVirtual()
                        .name("rollout-events")
                        .unstarted(() -> follow(emitter, rollout, lastEventId.orElse(0L)));
        emitter.onCompletion(follower::interrupt);
        emitter.onError(_ -> follower.interrupt());
        follower.start();
        return emitter;
    }

    private void follow(SseEmitter emitter, RolloutId rollout, long after) {
        try {
            long last = after;
            int silent = 0;
            while (true) {
                boolean open = rollouts.get(rollout).open();
                List<Diary.Entry> entries = diary.after(rollout, last, PAGE);
                for (Diary.Entry entry : entries) {
                    emitter.send(
                            SseEmitter.event()
                                    .id(Long.toString(entry.id()))
                                    .name(entry.host() == null ? "rollout" : "host")
                                    .data(entry, MediaType.APPLICATION_JSON));
                    last = entry.id();
                }
                if (!open && entries.isEmpty()) {
                    emitter.send(SseEmitter.event().name("end").data("end"));
                    emitter.complete();
                    return;
                }
                silent = entries.isEmpty() ? silent + 1 : 0;
                if (silent == SILENT_LOOKS) {
                    emitter.send(SseEmitter.event().comment("still here"));
                    silent = 0;
                }
                if (entries.size() < PAGE) {
                    Thread.sleep(LOOK);
                }
            }
        } catch (IOException | IllegalStateException e) {
            emitter.completeWithError(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
