import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import dockerignore from '@balena/dockerignore'
import { root, type Stage, type Step, stages } from './dockerfile.ts'

const run = promisify(execFile)

/** Commands that need the base image, as they concern its system packages. */
const OF_THE_SYSTEM = /^apt-get /

/**
 * Builds stages of the Dockerfile without a container engine: each stage is a folder, COPY copies, and RUN runs in a
 * shell of this machine. The programs of this machine replace those of the base image.
 */
export class HandBuilder {
  readonly #folder = mkdtempSync(join(tmpdir(), 'visage-images-'))
  readonly #built = new Map<string, Promise<string>>()

  constructor() {
    // Every user of an image needs access.
    chmodSync(this.#folder, 0o755)
  }

  /** @returns the folder that is the root of the stage */
  build(name: string): Promise<string> {
    return this.#once(name, (folder) => this.#build(stages.get(name) as Stage, folder))
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true })
  }

  #once(name: string, work: (folder: string) => Promise<void>): Promise<string> {
    const folder = join(this.#folder, name)
    const built = this.#built.get(name) ?? work(folder).then(() => folder)
    this.#built.set(name, built)
    return built
  }

  async #build({ base, steps }: Stage, image: string): Promise<void> {
    mkdirSync(image)
    if (stages.has(base)) await copy(`${await this.build(base)}/.`, image)
    let workdir = join(image, 'app')
    mkdirSync(workdir, { recursive: true })
    for (const step of steps) {
      if (step.keyword === 'WORKDIR') workdir = join(image, step.text)
      if (step.keyword === 'COPY') await this.#copy(step, workdir)
      if (step.keyword === 'RUN' && !OF_THE_SYSTEM.test(step.text)) await shell(step.text, workdir)
    }
  }

  async #copy({ words, from }: Step, workdir: string): Promise<void> {
    const target = words.at(-1) as string
    const source = from ? await this.build(from) : await this.#once('context', sendContext)
    const to = resolve(workdir, target)
    for (const path of words.slice(0, -1)) {
      const here = join(source, path)
      const isFolder = statSync(here).isDirectory()
      mkdirSync(isFolder || target.endsWith('/') ? to : dirname(to), { recursive: true })
      await copy(isFolder ? `${here}/.` : here, to)
    }
  }
}

/** Copies the build context of the project. */
async function sendContext(folder: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = await run('git', list, { cwd: root })
  const ignored = dockerignore.default().add(readFileSync(join(root, '.dockerignore'), 'utf8'))
  for (const path of ignored.filter(stdout.split('\0').filter(Boolean))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    copyFileSync(join(root, path), join(folder, path))
  }
}

async function copy(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to])
}

/** Environment of an empty container, without the variables of npm. */
async function shell(command: string, cwd: string): Promise<void> {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'npm_config_registry' || !/^(npm_|NODE_|VITEST|INIT_CWD)/.test(name),
  )
  await run('/bin/sh', ['-ec', command], { cwd, env: Object.fromEntries(kept) })
}
