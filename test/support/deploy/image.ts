import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { canRun } from '@visage/stack/account'
import { type Launched, launch } from '@visage/stack/process'
import { execForm, imageEnvironment, lastStep, type Step } from './dockerfile.ts'

type Environment = Readonly<Record<string, string>>

/** Built image that runs in its folder, as its user if this process may switch to that user. */
export class Image {
  readonly #name: string
  readonly #app: string
  readonly #account: { uid: number; gid: number } | undefined

  /** @param folder folder that is the root of the image */
  constructor(name: string, folder: string) {
    this.#name = name
    this.#app = join(folder, (lastStep(name, 'WORKDIR') as Step).text)
    const [uid = 0, gid = 0] = (lastStep(name, 'USER') as Step).text.split(':').map(Number)
    const mayBecome =
      process.getuid?.() === 0 && canRun({ uid, gid }, process.execPath, '--version')
    this.#account = mayBecome ? { uid, gid } : undefined
  }

  /** Starts its CMD like `docker run`. */
  start(env: Environment, log: string): Promise<Launched> {
    return launch({
      name: this.#name,
      command: process.execPath,
      args: nodeArguments(execForm(lastStep(this.#name, 'CMD') as Step)),
      cwd: this.#app,
      env: this.#environment(env),
      account: this.#account,
      log,
      ipc: true,
      app: true,
      stopSeconds: 30,
    })
  }

  /** Runs another command in the image. @returns its output @throws if it fails */
  run(command: readonly string[], env: Environment): string {
    return execFileSync(process.execPath, nodeArguments(command), {
      cwd: this.#app,
      env: this.#environment(env),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      ...this.#account,
    })
  }

  /** Runs the command of its HEALTHCHECK. */
  checkHealth(env: Environment): string {
    return this.run(execForm(lastStep(this.#name, 'HEALTHCHECK') as Step), env)
  }

  /** Returns its packages by their paths in the lockfile. */
  packages(): string[] {
    const all = readdirSync(this.#app, { recursive: true, encoding: 'utf8' })
    const found = all.map((path) =>
      /^(.*node_modules\/(?:@[^/]+\/)?[^/@.][^/]*)\/package\.json$/.exec(path),
    )
    return found.flatMap((match) => match?.[1] ?? [])
  }

  /** Returns every file with its size and time, to detect changes. */
  contents(): string[] {
    return readdirSync(this.#app, { recursive: true, encoding: 'utf8' }).map((path) => {
      const { size, mtimeMs } = statSync(join(this.#app, path))
      return `${path} ${size} ${mtimeMs}`
    })
  }

  #environment(env: Environment): Environment {
    return { PATH: process.env.PATH ?? '', ...imageEnvironment(this.#name), ...env }
  }
}

/** Replaces `node` by the Node of this machine, the only program that runs in an image. */
function nodeArguments([program, ...args]: readonly string[]): string[] {
  if (program !== 'node') throw new Error(`${program} is run in place of node`)
  return args
}
