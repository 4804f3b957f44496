import type { Knex } from 'knex'
import * as avatars from './0001_avatars.ts'
import * as removals from './0002_removals.ts'
import * as announcements from './0003_announcements.ts'
import * as recipes from './0004_recipes.ts'
import * as comments from './0005_comments.ts'

/** Explicit names, because knex stores them. Names of files would differ between `.ts` and `.js`. */
const migrations: Readonly<Record<string, Knex.Migration>> = {
  '0001_avatars': avatars,
  '0002_removals': removals,
  '0003_announcements': announcements,
  '0004_recipes': recipes,
  '0005_comments': comments,
}

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(migrations).sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => migrations[name] as Knex.Migration,
}
