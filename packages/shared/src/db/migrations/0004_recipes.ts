import type { Knex } from 'knex'

export const up = (db: Knex) =>
  db.raw(`
alter table avatars add column recipe text;

comment on column avatars.recipe is 'What the variants were rendered by; null for pictures from before it was written down';
`)

export const down = (db: Knex) => db.raw('alter table avatars drop column recipe')
