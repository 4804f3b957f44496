import type { Knex } from 'knex'

export const up = (db: Knex) =>
  db.raw(`
create table avatars (
  user_id text primary key check (char_length(user_id) between 1 and 128),
  folder text collate "C" not null,
  source text not null check (source in ('upload', 'gravatar')),
  revision uuid not null,
  email_hash text check (email_hash ~ '^[0-9a-f]{64}$'),
  variants jsonb not null default '[]' check (jsonb_typeof(variants) = 'array'),
  placeholder text,
  color text check (color ~ '^#[0-9a-f]{6}$'),
  source_format text,
  source_width integer check (source_width > 0),
  source_height integer check (source_height > 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((source = 'upload') = (variants <> '[]')),
  check (source <> 'upload' or num_nulls(placeholder, color, source_format, source_width, source_height) = 0),
  check (source = 'gravatar' or email_hash is null)
);

create index avatars_by_folder on avatars (folder);
create index avatars_by_revision on avatars (revision);

create table uploads (
  upload_id uuid primary key,
  user_id text not null check (char_length(user_id) between 1 and 128),
  state text not null check (state in ('processing', 'ready', 'rejected', 'superseded', 'failed')),
  reason text,
  msg text not null default '',
  bytes integer not null check (bytes > 0),
  format text not null,
  correlation_id text not null,
  starts uuid[] not null default '{}',
  crashes uuid[] not null default '{}',
  accepted_at timestamptz not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((state = 'processing') = (finished_at is null)),
  check ((state = 'rejected') = (reason is not null))
);

create index uploads_by_user on uploads (user_id, upload_id desc);

comment on column avatars.folder is 'Where the bucket has the variants; in the order of its bytes, as the bucket lists them';
comment on column uploads.starts is 'Attempts that began and did not end, by name: each took its process with it, or still runs';
comment on column uploads.crashes is 'Attempts that ended the process which rendered this picture and no other';
comment on table uploads is 'Receipts, from the first attempt on; before it, the raw object is all there is of an upload';

create table purges (
  revision uuid primary key,
  user_id text not null,
  superseded_at timestamptz not null default now()
);

create index purges_by_age on purges (superseded_at);

comment on table purges is 'Pictures whose variants are to be removed once the grace period is over';

create function purge_replaced_picture() returns trigger language plpgsql as $$
begin
  insert into purges (revision, user_id) values (old.revision, old.user_id) on conflict do nothing;
  return null;
end $$;

create trigger avatars_replaced after update of revision on avatars for each row
  when (old.source = 'upload' and old.revision <> new.revision)
  execute function purge_replaced_picture();

create trigger avatars_removed after delete on avatars for each row
  when (old.source = 'upload')
  execute function purge_replaced_picture();
`)

export const down = (db: Knex) =>
  db.raw(`
drop table avatars;
drop table uploads;
drop table purges;
drop function purge_replaced_picture();
`)
