import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './error.ts'
import { onPort } from './ports.ts'
import { launch, type Server } from './process.ts'
import { type S3Options, type S3Program, s3Programs } from './s3-programs.ts'
import { readOrCreateSecret } from './secrets.ts'

export interface S3Settings {
  readonly dir: string
  readonly port?: number | undefined
  readonly log?: string
  readonly pidFile?: string
  readonly region?: string
}

/** A running S3 server. It has no buckets after its first start. */
export interface S3 extends Server {
  readonly program: string
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
}

/** Starts the preferred S3 server of those that are installed (see `s3Programs`). */
export async function startS3(settings: S3Settings): Promise<S3> {
  const { dir, region = 'us-east-1' } = settings
  const [program, command] = choose(dir)
  const folder = join(dir, program.name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const accessKey = readOrCreateSecret(join(dir, 'access-key'), 12)
  const secretKey = readOrCreateSecret(join(dir, 'secret-key'))
  return onPort(settings.port, (port) =>
    serve(settings, program, command, { folder, port, accessKey, secretKey, region }),
  )
}

/**
 * Chooses the program that wrote the data in `dir`, because no other program can read it. Without data, chooses the first
 * installed program.
 */
function choose(dir: string): [S3Program, string] {
  const used = s3Programs.find(({ name }) => existsSync(join(dir, name)))
  for (const program of used ? [used] : s3Programs) {
    const command = program.find()
    if (command) return [program, command]
  }
  throw new StackError(
    `The data in ${dir} was written by ${used?.name}, which is not on the PATH. Install ${used?.name}, or remove ${dir} to start without its data.`,
  )
}

async function serve(
  { dir, log, pidFile }: S3Settings,
  program: S3Program,
  command: string,
  options: S3Options,
): Promise<S3> {
  const { port, folder: _, ...access } = options
  const server = await launch({
    name: `S3 (${program.name})`,
    command,
    ...program.run(options),
    log: log ?? `${dir}.log`,
    pidFile,
  })
  await server.ready(program.ready(server, port))
  const endpoint = `http://127.0.0.1:${port}`
  return { ...server, program: program.name, port, endpoint, ...access }
}
