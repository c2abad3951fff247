package dev.understudy.advisory;

/// What holds now of all that feeds say, and whose word counts where they differ: the one place of
/// both, see [FixedVersions].
final class FixesInForce {
    /// Common table expressions that follow one called `asked (release, source)`. `heard` is what
    /// withdrawn advisories and overruled feeds leave, with the CVEs that are left of each
    /// statement; `believed` is what of it affects packages.
    static final String SQL =
            """
            stated as (
                select row_number() over () as n, v.feed, v.ecosystem, v.release, v.package_kind,
                       v.source, v.advisory, v.state, v.introduced, v.fixed, v.last_affected,
                       v.urgency, v.note, v.stream, a.published,
                       case when v.cve = '' then a.cves else array[v.cve] end as cves,
                       coalesce(p.rank, 1000) as rank
                from advisory.fixed_versions v
                join advisory.advisories a on a.feed = v.feed and a.id = v.advisory
                join asked using (release, source)
                left join advisory.precedence p on p.kind = split_part(v.feed, '-', 1)
                where a.withdrawn is null
            ),
            spoken as (
                select s.*, c.cve,
                       min(s.rank) filter (where s.state in ('FIXED', 'NOT_AFFECTED'))
                           over (partition by s.release, s.package_kind, s.source, s.stream, c.cve)
                           as lowest
                from stated s left join lateral unnest(s.cves) as c (cve) on true
            ),
            heard as (
                select feed, ecosystem, release, package_kind, source, advisory, state,
                       introduced, fixed, last_affected, urgency, note, stream, published,
                       array_remove(array_agg(cve order by cve), null) as cves
                from spoken
                where cve is null or lowest is null or rank <= lowest
                group by n, feed, ecosystem, release, package_kind, source, advisory, state,
                         introduced, fixed, last_affected, urgency, note, stream, published
            ),
            believed as (select * from heard where state <> 'NOT_AFFECTED')
            """;

    private FixesInForce() {}
}
