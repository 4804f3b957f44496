import type { Revision } from '@visage/shared/avatar/revision'
import type { Knex } from '@visage/shared/db/database'

/** Change of a user's row in `avatars`. */
export interface RowChange {
  readonly user_id: string
  readonly source: 'upload' | 'gravatar' | 'none' | null
  readonly before: Revision | null
  /** Null if the row was deleted. */
  readonly after: Revision | null
}

/** Outcome as one statement wrote it. */
export interface Outcome {
  readonly upload_id: Revision
  readonly state: string
  readonly reason: string | null
  readonly at: Date
}

/** Installs triggers that record every change of the rows. Polling would miss some. */
export async function recordHistory(db: Knex): Promise<void> {
  await db.raw(TRIGGERS)
}

export function rowChanges(db: Knex): Promise<RowChange[]> {
  return db('fault_rows').orderBy('seq')
}

/** Returns every written outcome, including a second one of the same upload. */
export function outcomes(db: Knex): Promise<Outcome[]> {
  return db('fault_outcomes').orderBy('seq')
}

const TRIGGERS = `
create table fault_rows (
  seq bigserial primary key, user_id text, source text, before uuid, after uuid
);
create function fault_record_row() returns trigger language plpgsql as $$ begin
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
create trigger fault_record_row after insert or update or delete on avatars
for each row execute function fault_record_row();

create table fault_outcomes (
  seq bigserial primary key, upload_id uuid, state text, reason text,
  at timestamptz not null default clock_timestamp()
);
create function fault_record_outcome() returns trigger language plpgsql as $$ begin
  insert into fault_outcomes (upload_id, state, reason)
  values (new.upload_id, new.state, new.reason);
  return null;
end $$;
create trigger fault_record_outcome after insert or update of state on uploads
for each row when (new.finished_at is not null) execute function fault_record_outcome();
`
