// Runs one of the worker's commands on the servers that the environment names, or those of a running npm start.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from './run.mjs'
import { root, setUp } from './setup.mjs'

/** @param main its built file, below the worker's dist/ */
export async function runTool(main) {
  await setUp()
  const entry = join(root, 'apps', 'worker', 'dist', main)
  const env = { ...stackEnvironment(), ...process.env }
  await run([entry, ...process.argv.slice(2)], { env })
}

function stackEnvironment() {
  const file = join(resolve(root, process.env.DATA_DIR || '.visage'), 'stack.json')
  if (!existsSync(file)) return {}
  const { databaseUrl, redisUrl, s3 } = JSON.parse(readFileSync(file, 'utf8'))
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    S3_BUCKET: s3.bucket,
    S3_REGION: s3.region,
  }
}
