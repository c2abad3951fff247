-- Rollouts that are announced and start by themselves unless a person objects.
alter table governance.policy
    drop constraint policy_autonomy_check,
    add constraint policy_autonomy_check
        check (autonomy in ('OBSERVE', 'RECOMMEND', 'APPROVE', 'VETO', 'AUTOMATIC'));
