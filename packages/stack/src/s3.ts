import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './error.ts'
import { onPort } from './ports.ts'
import { launch, type Server } from './process.ts'
import { type S3Place, type S3Program, s3Programs } from './s3-programs.ts'
import { keptSecret } from './secrets.ts'

export interface S3Settings {
  readonly dir: string
  readonly port?: number | undefined
  readonly log?: string
  readonly pidFile?: string
  readonly region?: string
}

/** An S3 server without any bucket yet. */
export interface S3 extends Server {
  readonly program: string
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
}

/** Starts the best S3 server that this machine has. */
export async function startS3(settings: S3Settings): Promise<S3> {
  const { dir, region = 'us-east-1' } = settings
  const [program, command] = choose(dir)
  const folder = join(dir, program.name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const accessKey = keptSecret(join(dir, 'access-key'), 12)
  const secretKey = keptSecret(join(dir, 'secret-key'))
  return onPort(settings.port, (port) =>
    serve(settings, program, command, { folder, port, accessKey, secretKey, region }),
  )
}

/** The program whose data is here already, as no other could read it; else the first one found. */
function choose(dir: string): [S3Program, string] {
  const used = s3Programs.find(({ name }) => existsSync(join(dir, name)))
  for (const program of used ? [used] : s3Programs) {
    const command = program.find()
    if (command) return [program, command]
  }
  throw new StackError(`${used?.name}, which wrote ${dir}, is no longer on the PATH.`)
}

async function serve(
  { dir, log, pidFile }: S3Settings,
  program: S3Program,
  command: string,
  place: S3Place,
): Promise<S3> {
  const { port, folder: _, ...access } = place
  const server = await launch({
    name: `S3 (${program.name})`,
    command,
    ...program.run(place),
    log: log ?? `${dir}.log`,
    pidFile,
  })
  await server.ready(program.ready(server, port))
  const endpoint = `http://127.0.0.1:${port}`
  return { ...server, program: program.name, port, endpoint, ...access }
}
