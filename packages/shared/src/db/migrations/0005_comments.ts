import type { Knex } from 'knex'

export const up = (db: Knex) =>
  db.raw(`
comment on table uploads is 'Receipts of uploads. The first attempt inserts the row; until then, an upload exists only as its raw object.';
comment on column uploads.starts is 'Ids of attempts that started and did not end. Such an attempt is still running, or its process died.';
comment on column uploads.crashes is 'Ids of attempts that crashed a process which rendered only this picture.';
comment on column avatars.folder is 'Folder of the variants in the bucket. Sorts by bytes, as the bucket lists folders.';
comment on column avatars.recipe is 'Recipe that rendered the variants. Null if the picture is older than this column.';
comment on table purges is 'Pictures whose variants are deleted when the grace period ends.';
comment on column purges.superseded_at is 'Start of the grace period. -infinity for a removed picture, which has no grace period.';
comment on table removals is 'Removals by users. A removal covers all pictures of the user with an older revision.';
comment on table announcements is 'Changes that WEBHOOK_URL has not acknowledged. Delivery deletes the row.';
`)

/** Restores nothing: comments are documentation. */
export const down = (db: Knex) => db.raw('select 1')
