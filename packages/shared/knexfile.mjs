// For knex's own command: `npx knex --knexfile packages/shared/knexfile.mjs migrate:down`
import { databaseSettings, migrationUrl } from './dist/config/database.js'
import { readSettings } from './dist/config/read.js'
import { connectionTo } from './dist/db/connection.js'
import { migrationSource } from './dist/db/migrations/index.js'

const { migration, url, ca } = readSettings(
  {
    migration: migrationUrl,
    url: databaseSettings.databaseUrl,
    ca: databaseSettings.databaseCa,
  },
  process.env,
)

export default {
  client: 'pg',
  connection: connectionTo({ url: migration ?? url, ca }),
  migrations: { migrationSource },
}
