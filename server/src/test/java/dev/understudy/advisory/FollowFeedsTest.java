package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.advisory.osv.OsvFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FollowFeedsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();

    /// A feed named before it, whose server takes its time.
    @Test
    void whatIsExploitedIsHeardOfWhileAnotherFeedIsStillOnItsWay() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        HttpServer slow = slowServer(asked, answer);
        Jobs jobs = new Jobs(database, InstantSource.system());
        try (jobs) {
            Feeds feeds = feeds();
            new FollowFeeds(feeds)
                    .follow(
                            List.of(
                                    source(
                                            "osv-slow",
                                            URI.create(
                                                    "http://127.0.0.1:%d/all.zip"
                                                            .formatted(
                                                                    slow.getAddress().getPort()))),
                                    source("kev", Collected.testdata("kev/valid.json").toUri())),
                            jobs);
            jobs.start();
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            Instant until = Instant.now().plusSeconds(20);
            while (feeds.find("kev").filter(FeedStatus::inForce).isEmpty()) {
                assertThat(Instant.now()).isBefore(until);
                Thread.sleep(50);
            }
            assertThat(feeds.find("osv-slow"))
                    .get()
                    .extracting(FeedStatus::state)
                    .isEqualTo(FeedStatus.State.EMPTY);
            answer.countDown();
        } finally {
            slow.stop(0);
        }
    }

    private static HttpServer slowServer(CountDownLatch asked, CountDownLatch answer)
            throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    asked.countDown();
                    try {
                        answer.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static FeedSource source(String name, URI url) {
        return new FeedSource(name, url, Duration.ofHours(1));
    }

    private Feeds feeds() {
        ManualClock clock = new ManualClock();
        return TestFeeds.on(database, clock, new KevFormat(), new OsvFormat());
    }
}
