import type { Knex } from 'knex'

export const up = (db: Knex) =>
  db.raw(`
alter table avatars drop constraint avatars_source_check;
alter table avatars add constraint avatars_source_check
  check (source in ('upload', 'gravatar', 'none'));

create table removals (
  user_id text not null,
  revision uuid not null,
  removed_at timestamptz not null default now(),
  primary key (user_id, revision)
);

comment on table removals is 'Each time that a user had their pictures removed: all those whose revision is older';

create index purges_by_user on purges (user_id);
create index uploads_quarantined on uploads (user_id) where reason = 'unprocessable';

comment on column purges.superseded_at is 'When the grace period began; -infinity where there is none, for a picture that was removed';
`)

/** The previous schema has no row for a user without a picture. */
export const down = (db: Knex) =>
  db.raw(`
drop index uploads_quarantined;
drop index purges_by_user;
drop table removals;
delete from avatars where source = 'none';
alter table avatars drop constraint avatars_source_check;
alter table avatars add constraint avatars_source_check check (source in ('upload', 'gravatar'));
`)
