import type { Knex } from 'knex'

export const up = (db: Knex) =>
  db.raw(`
create table announcements (
  revision uuid primary key,
  user_id text not null,
  source text not null check (source in ('upload', 'gravatar', 'none')),
  changed_at timestamptz not null
);

comment on table announcements is 'Changes that took effect and that WEBHOOK_URL has not been told of; a row goes once it has';
`)

export const down = (db: Knex) => db.raw('drop table announcements')
