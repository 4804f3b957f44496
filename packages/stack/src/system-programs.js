// Plain JavaScript without dependencies: `npm test` runs this file before it installs or builds anything.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { onPath } from './on-path.js'

/**
 * A program that is not available as an npm package.
 * @typedef {object} SystemProgram
 * @property {readonly string[]} names Equivalent programs. The first installed one is used.
 * @property {string} debian Name of the Debian and Ubuntu package that contains the first program.
 */

/** @satisfies {Readonly<Record<string, SystemProgram>>} */
export const systemPrograms = {
  Redis: { names: ['redis-server', 'valkey-server'], debian: 'redis-server' },
  Chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    debian: 'chromium',
  },
  promtool: { names: ['promtool'], debian: 'prometheus' },
  PgBouncer: { names: ['pgbouncer'], debian: 'pgbouncer' },
  OpenSSL: { names: ['openssl'], debian: 'openssl' },
}

/** @typedef {keyof typeof systemPrograms} SystemProgramName */

/**
 * The full path of the program; `undefined` if it is not installed.
 * @param {SystemProgramName} name
 */
export function findSystemProgram(name) {
  return systemPrograms[name].names.map(onPath).find((path) => path !== undefined)
}

/** The package manager failed. `output` holds the lines that it printed. */
export class InstallError extends Error {
  /**
   * @param {string} sentence
   * @param {readonly string[]} output
   */
  constructor(sentence, output) {
    super(sentence)
    this.output = output
  }
}

/**
 * Installs the programs that are missing, if this process is root on Debian or Ubuntu. Elsewhere it does nothing.
 * @param {readonly SystemProgramName[]} names
 * @param {(what: string) => void} notice
 * @param {(what: string) => void} done
 * @throws {InstallError} where the package manager fails
 */
export async function installSystemPrograms(names, notice = () => {}, done = () => {}) {
  const missing = names.filter((name) => findSystemProgram(name) === undefined)
  if (missing.length === 0 || process.getuid?.() !== 0 || !onPath('apt-get')) return
  const began = performance.now()
  notice(`Installing ${missing.join(', ')} with apt-get`)
  await withoutServices(() => installPackages(missing.map((name) => systemPrograms[name].debian)))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  done(`${missing.join(', ')} installed (${seconds} s)`)
}

/**
 * Installs the packages. If that fails, updates the package lists and tries again: most images have no lists or old ones.
 * @param {readonly string[]} packages
 */
async function installPackages(packages) {
  const install = ['install', '--yes', '--no-install-recommends', ...packages]
  await aptGet(install).catch(async () => {
    await aptGet(['update'])
    await aptGet(install)
  })
}

/**
 * Runs apt-get in its own process group, so that Ctrl-C cannot interrupt the installation of a package.
 * @param {string[]} args
 */
async function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = ['--quiet', '-o', 'DPkg::Lock::Timeout=120']
  const apt = spawn('apt-get', [...options, ...args], { detached: true, env, stdio: 'pipe' })
  const output = text(apt.stderr)
  apt.stdout.resume()
  const [code] = await once(apt, 'close')
  if (code === 0) return
  const lines = (await output).trim().split('\n')
  throw new InstallError(`apt-get ${args.join(' ')} failed.`, lines)
}

const policy = '/usr/sbin/policy-rc.d'

/**
 * Prevents the package manager from starting services while `work` runs. Only the programs are needed.
 * @param {() => Promise<void>} work
 */
async function withoutServices(work) {
  if (existsSync(policy)) return work()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await work()
  } finally {
    rmSync(policy, { force: true })
  }
}
