-- What the rollouts of a group have to prove.
alter table governance.policy
    add gate               text not null default 'CERTIFIED'
                           check (gate in ('STRICT', 'CERTIFIED', 'CERTIFIED_ONLY')),
    add harmless_percent   double precision not null default 1,
    add harmful_percent    double precision not null default 5,
    add miss_percent       double precision not null default 2,
    add false_halt_percent double precision not null default 0.2,
    add limit_percent      double precision not null default 10,
    add shown_percent      double precision not null default 100,
    add check (harmless_percent > 0 and harmless_percent < harmful_percent
               and harmful_percent <= 90),
    add check (miss_percent > 0 and miss_percent < 50),
    add check (false_halt_percent > 0 and false_halt_percent < 50),
    add check (limit_percent > 0 and limit_percent < 100),
    add check (shown_percent > 0 and shown_percent <= 100);
