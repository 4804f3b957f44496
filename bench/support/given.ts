import { ConfigError } from '@visage/shared/config/read'
import { readConfig, type StackConfig } from '@visage/stack/config'
import { assertAnswers } from '@visage/stack/given'
import type { GivenServers } from '@visage/stack/servers'

/**
 * The servers that the environment names, as it does for `npm start`.
 * @throws ConfigError, StackError  where one of them cannot be used
 */
export async function givenServers(env: NodeJS.ProcessEnv): Promise<GivenServers> {
  const config = readConfig(env, '')
  const { databaseUrl, redisUrl, s3, region } = config
  const problems = beyondUs(config)
  if (problems.length > 0) throw new ConfigError(problems)
  const named = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, S3_ENDPOINT: s3?.endpoint }
  const answers = Object.entries(named).map(([name, url]) => url && assertAnswers(name, [url]))
  await Promise.all(answers)
  return {
    ...(databaseUrl && { postgres: { url: databaseUrl } }),
    ...(redisUrl && { redis: { url: redisUrl } }),
    ...(s3 && { s3: { ...s3, region } }),
  }
}

/** What the apps can do and the benchmarks' own clients cannot. */
function beyondUs(config: StackConfig): string[] {
  const { databaseCa, redisCa, redisCert, s3Ca, redisMode, pathStyle } = config
  const authorities = { DATABASE_CA: databaseCa, REDIS_CA: redisCa, S3_CA: s3Ca }
  const named = Object.entries(authorities).flatMap(([name, pem]) => (pem ? [name] : []))
  return [
    ...named.map((name) => `${name} is not read by the benchmarks; use NODE_EXTRA_CA_CERTS`),
    ...(redisCert ? ['REDIS_CERT is not read by the benchmarks'] : []),
    ...(redisMode === 'single' ? [] : ['REDIS_MODE must be single for the benchmarks']),
    ...(pathStyle ? [] : ['S3_PATH_STYLE must be true for the benchmarks']),
  ]
}
