package dev.understudy.advisory;

/// What holds now of all that feeds say.
final class FixesInForce {
    /// Common table expressions that follow one called `asked (release, source)` and end in
    /// `believed`: what affects those sources, without withdrawn advisories and without what is not
    /// affected.
    static final String SQL =
            """
            believed as (
                select v.feed, v.ecosystem, v.release, 'SOURCE' as package_kind, v.source,
                       v.advisory, v.introduced, v.fixed, null::text as last_affected, v.urgency,
                       a.cves, a.published
                from advisory.fixed_versions v
                join advisory.advisories a on a.feed = v.feed and a.id = v.advisory
                join asked using (release, source)
                where v.state <> 'NOT_AFFECTED'
                  and a.withdrawn is null
            )
            """;

    private FixesInForce() {}
}
