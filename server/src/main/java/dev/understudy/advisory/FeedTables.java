package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.util.List;

/// Into which table and columns each kind of record goes.
final class FeedTables {
    private final Database database;
    private final String feed;

    FeedTables(Database database, String feed) {
        this.database = database;
        this.feed = feed;
    }

    /// Ids are names without blanks; one with blanks is none.
    private static String joined(List<String> ids) {
        return String.join(" ", ids.stream().filter(Fields::isId).toList());
    }

    RowBatch<FeedRecord.Advisory> advisories() {
        return new RowBatch<FeedRecord.Advisory>(
                        database,
                        feed,
                        """
                        insert into advisory.advisories
                            (feed, id, cves, aliases, upstream, related, published, modified, withdrawn,
                             summary, severity, follows)
                        select :feed, u.id, string_to_array(u.cves, ' '), string_to_array(u.aliases, ' '),
                               string_to_array(u.upstream, ' '), string_to_array(u.related, ' '),
                               u.published, u.modified, u.withdrawn, u.summary, u.severity, u.follows
                        from unnest(:ids::text[], :cves::text[], :aliases::text[], :upstream::text[],
                                    :related::text[], :published::timestamptz[], :modified::timestamptz[],
                                    :withdrawn::timestamptz[], :summaries::text[], :severities::text[],
                                    :follows::text[])
                             as u (id, cves, aliases, upstream, related, published, modified, withdrawn,
                                   summary, severity, follows)
                        on conflict do nothing
                        """)
                .with("ids", FeedRecord.Advisory::id)
                .with("cves", it -> joined(it.cves()))
                .with("aliases", it -> joined(it.aliases()))
                .with("upstream", it -> joined(it.upstream()))
                .with("related", it -> joined(it.related()))
                .with("published", FeedRecord.Advisory::published)
                .with("modified", FeedRecord.Advisory::modified)
                .with("withdrawn", FeedRecord.Advisory::withdrawn)
                .with("summaries", FeedRecord.Advisory::summary)
                .with("severities", FeedRecord.Advisory::severity)
                .with("follows", FeedRecord.Advisory::follows);
    }

    RowBatch<FeedRecord.Fix> fixes() {
        return new RowBatch<FeedRecord.Fix>(
                        database,
                        feed,
                        """
                        insert into advisory.fixed_versions
                            (feed, ecosystem, release, package_kind, source, advisory, cve, state,
                             introduced, fixed, last_affected, urgency, note, stream)
                        select :feed, u.ecosystem, u.release, u.kind, u.name, u.advisory, u.cve, u.state,
                               u.introduced, u.fixed, u.last_affected, u.urgency, u.note, u.stream
                        from unnest(:ecosystems::text[], :releases::text[], :kinds::text[], :names::text[],
                                    :advisories::text[], :cves::text[], :states::text[],
                                    :introduced::text[], :fixed::text[], :last::text[], :urgencies::text[],
                                    :notes::text[], :streams::text[])
                             as u (ecosystem, release, kind, name, advisory, cve, state, introduced, fixed,
                                   last_affected, urgency, note, stream)
                        on conflict do nothing
                        """)
                .with("ecosystems", FeedRecord.Fix::ecosystem)
                .with("releases", FeedRecord.Fix::release)
                .with("kinds", FeedRecord.Fix::kind)
                .with("names", FeedRecord.Fix::name)
                .with("advisories", FeedRecord.Fix::advisory)
                .with("cves", FeedRecord.Fix::cve)
                .with("states", FeedRecord.Fix::state)
                .with("introduced", FeedRecord.Fix::introduced)
                .with("fixed", FeedRecord.Fix::fixed)
                .with("last", FeedRecord.Fix::lastAffected)
                .with("urgencies", FeedRecord.Fix::urgency)
                .with("notes", FeedRecord.Fix::note)
                .with("streams", FeedRecord.Fix::stream);
    }

    RowBatch<FeedRecord.Remedy> remedies() {
        return new RowBatch<FeedRecord.Remedy>(
                        database,
                        feed,
                        """
                        insert into advisory.remedies (feed, advisory, cve, category, details, url)
                        select :feed, u.advisory, u.cve, u.category, u.details, u.url
                        from unnest(:advisories::text[], :cves::text[], :categories::text[],
                                    :details::text[], :urls::text[])
                             as u (advisory, cve, category, details, url)
                        on conflict do nothing
                        """)
                .with("advisories", FeedRecord.Remedy::advisory)
                .with("cves", FeedRecord.Remedy::cve)
                .with("categories", FeedRecord.Remedy::category)
                .with("details", FeedRecord.Remedy::details)
                .with("urls", FeedRecord.Remedy::url);
    }

    RowBatch<FeedRecord.Exploited> exploited() {
        return new RowBatch<FeedRecord.Exploited>(
                        database,
                        feed,
                        """
                        insert into advisory.exploited
                            (feed, cve, date_added, due_date, ransomware, name)
                        select :feed, u.cve, u.date_added, u.due_date, u.ransomware, u.name
                        from unnest(:cves::text[], :added::date[], :due::date[], :ransomware::text[],
                                    :names::text[])
                             as u (cve, date_added, due_date, ransomware, name)
                        on conflict do nothing
                        """)
                .with("cves", FeedRecord.Exploited::cve)
                .with("added", FeedRecord.Exploited::dateAdded)
                .with("due", FeedRecord.Exploited::dueDate)
                .with("ransomware", FeedRecord.Exploited::ransomware)
                .with("names", FeedRecord.Exploited::name);
    }

    RowBatch<FeedRecord.Exploit> exploits() {
        return new RowBatch<FeedRecord.Exploit>(
                        database,
                        feed,
                        """
                        insert into advisory.exploits (feed, cve, name, maturity, first_seen)
                        select :feed, u.cve, u.name, u.maturity, u.first_seen
                        from unnest(:cves::text[], :names::text[], :maturities::text[], :seen::date[])
                             as u (cve, name, maturity, first_seen)
                        on conflict do nothing
                        """)
                .with("cves", FeedRecord.Exploit::cve)
                .with("names", FeedRecord.Exploit::name)
                .with("maturities", FeedRecord.Exploit::maturity)
                .with("seen", FeedRecord.Exploit::firstSeen);
    }

    RowBatch<FeedRecord.Sighting> sightings() {
        return new RowBatch<FeedRecord.Sighting>(
                        database,
                        feed,
                        """
                        insert into advisory.sightings
                            (feed, cve, object, kind, seen_at, told_by, sentence)
                        select :feed, u.cve, u.object, u.kind, u.seen_at, u.told_by, u.sentence
                        from unnest(:cves::text[], :objects::text[], :kinds::text[], :seen::timestamptz[],
                                    :told::text[], :sentences::text[])
                             as u (cve, object, kind, seen_at, told_by, sentence)
                        on conflict do nothing
                        """)
                .with("cves", FeedRecord.Sighting::cve)
                .with("objects", FeedRecord.Sighting::object)
                .with("kinds", FeedRecord.Sighting::kind)
                .with("seen", FeedRecord.Sighting::seenAt)
                .with("told", FeedRecord.Sighting::toldBy)
                .with("sentences", FeedRecord.Sighting::sentence);
    }

    RowBatch<FeedRecord.Epss> epss() {
        return new RowBatch<FeedRecord.Epss>(
                        database,
                        feed,
                        """
                        insert into advisory.epss (feed, cve, score, percentile)
                        select :feed, u.cve, u.score, u.percentile
                        from unnest(:cves::text[], :scores::float8[], :percentiles::float8[])
                             as u (cve, score, percentile)
                        on conflict do nothing
                        """)
                .with("cves", FeedRecord.Epss::cve)
                .with("scores", FeedRecord.Epss::score)
                .with("percentiles", FeedRecord.Epss::percentile);
    }

    RowBatch<FeedRecord.Ssvc> ssvc() {
        return new RowBatch<FeedRecord.Ssvc>(
                        database,
                        feed,
                        """
                        insert into advisory.ssvc
                            (feed, cve, exploitation, automatable, total_impact, decided_at)
                        select :feed, u.cve, u.exploitation, u.automatable, u.total_impact, u.decided_at
                        from unnest(:cves::text[], :exploitation::text[], :automatable::text[],
                                    :impact::text[], :decided::timestamptz[])
                             as u (cve, exploitation, automatable, total_impact, decided_at)
                        on conflict do nothing
                        """)
                .with("cves", FeedRecord.Ssvc::cve)
                .with("exploitation", FeedRecord.Ssvc::exploitation)
                .with("automatable", FeedRecord.Ssvc::automatable)
                .with("impact", FeedRecord.Ssvc::totalImpact)
                .with("decided", FeedRecord.Ssvc::decidedAt);
    }

    RowBatch<FeedRecord.Severity> severities() {
        return new RowBatch<FeedRecord.Severity>(
                        database,
                        feed,
                        """
                        insert into advisory.severities (feed, cve, scheme, value, base_score)
                        select :feed, u.cve, u.scheme, u.value, u.base_score
                        from unnest(:cves::text[], :schemes::text[], :values::text[], :scores::float8[])
                             as u (cve, scheme, value, base_score)
                        on conflict do nothing
                        """)
                .with("cves", FeedRecord.Severity::cve)
                .with("schemes", FeedRecord.Severity::scheme)
                .with("values", FeedRecord.Severity::value)
                .with("scores", FeedRecord.Severity::baseScore);
    }
}
