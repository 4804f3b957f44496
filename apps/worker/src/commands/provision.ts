import { databaseProblems, databaseSettings, migrationUrl } from '@visage/shared/config/database'
import { type Config, readSettings } from '@visage/shared/config/read'
import { storageSettings, storeProblems, storeSettings } from '@visage/shared/config/storage'
import { migrateToLatest } from '@visage/shared/db/migrate'
import { StartError } from '@visage/shared/lifecycle/start-error'
import { createPrivateBucket, readPublicAccess } from '@visage/shared/storage/bucket'

const { databaseUrl, databaseCa } = databaseSettings
export const provisionSettings = {
  databaseUrl,
  databaseCa,
  migrationUrl,
  ...storeSettings,
} as const

export type ProvisionConfig = Config<typeof provisionSettings>

/** @throws ConfigError with every problem there is */
export function readConfig(env: NodeJS.ProcessEnv): ProvisionConfig {
  return readSettings(provisionSettings, env, (config) => [
    ...databaseProblems(config),
    ...storeProblems(config),
  ])
}

/**
 * Brings the schema up to date and makes the bucket; done again, it changes nothing.
 * @returns one line for each, for the person who started it
 * @throws StartError where one cannot be had, or anybody can get at the bucket
 */
export async function provision(config: ProvisionConfig): Promise<string[]> {
  const schema = await need('The schema', provideSchema(config))
  const bucket = await need('The bucket', provideBucket(config))
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
  const privacy = await readPublicAccess(settings)
  if ('unknown' in privacy)
    return `bucket ${settings.bucket}: there; whether it is private could not be seen (${privacy.unknown})`
  if (privacy.opened.length === 0) return `bucket ${settings.bucket}: there, and private`
  throw new StartError(
    `its policy lets anybody ${privacy.opened.join(', ')}; all that may be open is s3:GetObject on avatars/*`,
  )
}

function need(what: string, work: Promise<string>): Promise<string> {
  return work.catch((cause: Error & { code?: string }) => {
    throw new StartError(`${what} is not ready: ${cause.message || cause.code}`, { cause })
  })
}
