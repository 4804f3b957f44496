import type { Revision } from '@visage/shared/avatar/revision'
import type { Knex } from '@visage/shared/db/database'

/** A change of a user's row. */
export interface RowChange {
  readonly user_id: string
  readonly source: 'upload' | 'gravatar' | 'none' | null
  readonly before: Revision | null
  /** null: the row was deleted. */
  readonly after: Revision | null
}

/** An end state as it was written. */
export interface Outcome {
  readonly upload_id: Revision
  readonly state: string
  readonly reason: string | null
  readonly at: Date
}

/** Has Postgres itself keep what happens to the rows: no reader is quick enough to see it all. */
export async function keepHistory(db: Knex): Promise<void> {
  await db.raw(TRIGGERS)
}

export function rowChanges(db: Knex): Promise<RowChange[]> {
  return db('fault_rows').orderBy('seq')
}

/** Every writing of an end state, the second one of an upload included. */
export function outcomes(db: Knex): Promise<Outcome[]> {
  return db('fault_outcomes').orderBy('seq')
}

const TRIGGERS = `
create table fault_rows (
  seq bigserial primary key, user_id text, source text, before uuid, after uuid
);
create function fault_keep_row() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' then
    insert into fault_rows (user_id, before) values (old.user_id, old.revision);
  elsif tg_op = 'UPDATE' then
    insert into fault_rows (user_id, source, before, after)
    values (new.user_id, new.source, old.revision, new.revision);
  else
    insert into fault_rows (user_id, source, after) values (new.user_id, new.source, new.revision);
  end if;
  return null;
end $$;
create trigger fault_keep_row after insert or update or delete on avatars
for each row execute function fault_keep_row();

create table fault_outcomes (
  seq bigserial primary key, upload_id uuid, state text, reason text,
  at timestamptz not null default clock_timestamp()
);
create function fault_keep_outcome() returns trigger language plpgsql as $$ begin
  insert into fault_outcomes (upload_id, state, reason)
  values (new.upload_id, new.state, new.reason);
  return null;
end $$;
create trigger fault_keep_outcome after insert or update of state on uploads
for each row when (new.finished_at is not null) execute function fault_keep_outcome();
`
