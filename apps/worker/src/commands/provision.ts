import { databaseProblems, databaseSettings, migrationUrl } from '@visage/shared/config/database'
import { ungroup } from '@visage/shared/config/groups'
import { type Config, readSettings } from '@visage/shared/config/read'
import { storageSettings, storeProblems, storeSettings } from '@visage/shared/config/storage'
import { migrateToLatest } from '@visage/shared/db/migrate'
import { StartError } from '@visage/shared/lifecycle/start-error'
import { createPrivateBucket, readPublicAccess } from '@visage/shared/storage/bucket'

const { databaseUrl, databaseCa } = databaseSettings

/** The settings by task, in the order of `--help`. */
export const provisionGroups = {
  'Connect to Postgres': { databaseUrl, migrationUrl, databaseCa },
  'Connect to the object store': storeSettings,
} as const

export const provisionSettings = ungroup(provisionGroups)

export type ProvisionConfig = Config<typeof provisionSettings>

/** @throws ConfigError that lists every problem */
export function readConfig(env: NodeJS.ProcessEnv): ProvisionConfig {
  return readSettings(provisionSettings, env, (config) => [
    ...databaseProblems(config),
    ...storeProblems(config),
  ])
}

/**
 * Migrates the schema and creates the bucket. A second run changes nothing.
 * @returns one line for the schema and one for the bucket
 * @throws StartError if one of them is not ready, or the policy of the bucket grants more than reading variants
 */
export async function provision(config: ProvisionConfig): Promise<string[]> {
  const schema = await orStartError('The schema', provideSchema(config))
  const bucket = await orStartError('The bucket', provideBucket(config))
  return [schema, bucket]
}

async function provideSchema({
  databaseUrl,
  migrationUrl = databaseUrl,
  databaseCa,
}: ProvisionConfig): Promise<string> {
  const applied = await migrateToLatest(migrationUrl, databaseCa)
  return applied.length === 0 ? 'schema: up to date' : `schema: applied ${applied.join(', ')}`
}

async function provideBucket(config: ProvisionConfig): Promise<string> {
  const settings = storageSettings(config)
  await createPrivateBucket(settings)
  const access = await readPublicAccess(settings)
  if ('unknown' in access)
    return `bucket ${settings.bucket}: exists; could not check whether it is private (${access.unknown})`
  if (access.grants.length === 0) return `bucket ${settings.bucket}: exists and is private`
  throw new StartError(
    `its policy grants everyone ${access.grants.join(', ')}; it may grant only s3:GetObject on avatars/*`,
  )
}

function orStartError(name: string, work: Promise<string>): Promise<string> {
  return work.catch((cause: Error & { code?: string }) => {
    throw new StartError(`${name} is not ready: ${cause.message || cause.code}`, { cause })
  })
}
