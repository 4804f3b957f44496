import { ConfigError } from '@visage/shared/config/read'
import { readConfig, type StackConfig } from '@visage/stack/config'
import { assertReachable } from '@visage/stack/reachability'
import type { ExternalServers } from '@visage/stack/servers'

/**
 * Reads the external servers from the environment, with the same variables as `npm start`.
 * @throws ConfigError if a setting is invalid or unsupported
 * @throws StackError if a server does not accept connections
 */
export async function readExternalServers(env: NodeJS.ProcessEnv): Promise<ExternalServers> {
  const config = readConfig(env, '')
  const { databaseUrl, redisUrl, s3, region } = config
  const problems = unsupportedSettings(config)
  if (problems.length > 0) throw new ConfigError(problems)
  const urls = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, S3_ENDPOINT: s3?.endpoint }
  const checks = Object.entries(urls).map(([name, url]) => url && assertReachable(name, [url]))
  await Promise.all(checks)
  return {
    ...(databaseUrl && { postgres: { url: databaseUrl } }),
    ...(redisUrl && { redis: { url: redisUrl } }),
    ...(s3 && { s3: { ...s3, region } }),
  }
}

/** Problems with settings that the apps support but the clients of the benchmarks do not. */
function unsupportedSettings(config: StackConfig): string[] {
  const { databaseCa, redisCa, redisCert, s3Ca, redisMode, pathStyle } = config
  const authorities = { DATABASE_CA: databaseCa, REDIS_CA: redisCa, S3_CA: s3Ca }
  const set = Object.entries(authorities).flatMap(([name, pem]) => (pem ? [name] : []))
  return [
    ...set.map((name) => `The benchmarks do not support ${name}. Use NODE_EXTRA_CA_CERTS.`),
    ...(redisCert ? ['The benchmarks do not support REDIS_CERT. Remove it.'] : []),
    ...(redisMode === 'single' ? [] : ['REDIS_MODE must be single for the benchmarks.']),
    ...(pathStyle ? [] : ['S3_PATH_STYLE must be true for the benchmarks.']),
  ]
}
