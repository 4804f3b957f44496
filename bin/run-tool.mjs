// Runs one of the worker's commands on the servers that the environment names, or those of a running npm start.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root, setUp } from './setup.mjs'

/** @param main its built file, below the worker's dist/ */
export async function runTool(main) {
  setUp()
  const entry = join(root, 'apps', 'worker', 'dist', main)
  const env = { ...stackEnvironment(), ...process.env }
  const args = [entry, ...process.argv.slice(2)]
  const tool = spawn(process.execPath, args, { env, stdio: 'inherit' })
  // A Ctrl-C reaches the command from the terminal; we wait for what it has to say.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => tool.kill('SIGTERM'))
  const [code] = await once(tool, 'exit')
  process.exit(code ?? 1)
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
