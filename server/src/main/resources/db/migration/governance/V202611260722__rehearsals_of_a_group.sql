-- Whether every host rehearses before the first is patched, or one of each class; and up to which
-- share of failed classes and of their hosts these are left out instead of halting the rollout.
alter table governance.policy
    add rehearse             text not null default 'EVERY_HOST'
                             check (rehearse in ('EVERY_HOST', 'PER_CLASS')),
    add leave_out_percent    double precision not null default 0
                             check (leave_out_percent >= 0 and leave_out_percent <= 50);
