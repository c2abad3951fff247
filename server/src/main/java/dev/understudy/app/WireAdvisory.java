package dev.understudy.app;

import dev.understudy.advisory.Advisories;
import dev.understudy.advisory.FeedLimits;
import dev.understudy.advisory.FeedSecrets;
import dev.understudy.advisory.FeedSource;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.FetchFeed;
import dev.understudy.advisory.FollowFeeds;
import dev.understudy.advisory.ForgetImports;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.advisory.csaf.CsafFormat;
import dev.understudy.advisory.debian.DebianFormat;
import dev.understudy.advisory.dsa.DsaFormat;
import dev.understudy.advisory.epss.EpssFormat;
import dev.understudy.advisory.exploitdb.ExploitdbFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.advisory.metasploit.MetasploitFormat;
import dev.understudy.advisory.openvex.OpenvexFormat;
import dev.understudy.advisory.osv.OsvFormat;
import dev.understudy.advisory.taxii.TaxiiFormat;
import dev.understudy.advisory.updateinfo.UpdateinfoFormat;
import dev.understudy.advisory.vulnrichment.VulnrichmentFormat;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Outbox;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `advisory`: the feed formats, the feeds that settings name, and what they say.
@Configuration(proxyBeanMethods = false)
class WireAdvisory {
    /// How often each kind is published anew, roughly.
    private static final Map<String, Duration> PACE =
            Map.of(
                    "kev", Duration.ofMinutes(15),
                    "taxii", Duration.ofMinutes(30),
                    "debian", Duration.ofHours(2),
                    "dsa", Duration.ofHours(1),
                    "updateinfo", Duration.ofHours(2),
                    "osv", Duration.ofHours(4),
                    "epss", Duration.ofHours(8),
                    "vulnrichment", Duration.ofHours(12),
                    "metasploit", Duration.ofHours(12),
                    "exploitdb", Duration.ofHours(12));

    /// Only the feeds that settings name are asked for: nothing leaves the site by default.
    @Bean
    Feeds feeds(
            Database database,
            Outbox outbox,
            AuditTrail audit,
            InstantSource clock,
            Settings settings,
            Jobs jobs) {
        FeedSecrets secrets = new FeedSecrets(settings.data().resolve("feeds"));
        Feeds feeds =
                new Feeds(
                        database,
                        outbox,
                        audit,
                        new FetchFeed(FeedLimits.USUAL, secrets, null),
                        List.of(
                                new KevFormat(),
                                new EpssFormat(),
                                new DebianFormat(),
                                new OsvFormat(),
                                new VulnrichmentFormat(),
                                new CsafFormat(secrets),
                                new OpenvexFormat(),
                                new UpdateinfoFormat(),
                                new DsaFormat(),
                                new MetasploitFormat(),
                                new ExploitdbFormat(),
                                new TaxiiFormat()),
                        clock,
                        RandomGenerator.getDefault());
        List<FeedSource> sources =
                settings.feeds().entrySet().stream()
                        .map(
                                feed ->
                                        new FeedSource(
                                                feed.getKey(),
                                                feed.getValue(),
                                                pace(feed.getKey())))
                        .toList();
        new FollowFeeds(feeds).follow(sources, jobs);
        return feeds;
    }

    private static Duration pace(String feed) {
        return PACE.getOrDefault(feed.replaceAll("-.*", ""), Duration.ofHours(4));
    }

    /// How old what is in force is, and whether something is wrong, by feed.
    @Bean
    MeterBinder feedMetrics(Feeds feeds, InstantSource clock) {
        return registry -> FeedMetrics.register(registry, feeds, clock);
    }

    @Bean
    ForgetImports forgetImports(
            Database database, InstantSource clock, Settings settings, Jobs jobs) {
        ForgetImports forget = new ForgetImports(database, clock, settings.retention().imports());
        jobs.every("advisory.forget-imports", Duration.ofHours(6), forget);
        return forget;
    }

    @Bean
    VulnerabilityFacts vulnerabilityFacts(Database database) {
        return new VulnerabilityFacts(database);
    }

    @Bean
    Advisories advisories(Database database) {
        return new Advisories(database);
    }
}
