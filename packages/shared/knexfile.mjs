// For knex's own command: `npx knex --knexfile packages/shared/knexfile.mjs migrate:down`
import { migrationSource } from './dist/db/migrations/index.js'

export default {
  client: 'pg',
  connection: process.env.DATABASE_URL,
  migrations: { migrationSource },
}
