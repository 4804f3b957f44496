import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { StackError } from './error.ts'
import { onPath } from './os.ts'

/** A program that no npm package brings. */
interface SystemProgram {
  /** Any of them will do; the first that is there is taken. */
  readonly names: readonly string[]
  /** The package of Debian and Ubuntu that has the first one. */
  readonly debian: string
}

export const systemPrograms = {
  Redis: { names: ['redis-server', 'valkey-server'], debian: 'redis-server' },
  Chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    debian: 'chromium',
  },
  promtool: { names: ['promtool'], debian: 'prometheus' },
  PgBouncer: { names: ['pgbouncer'], debian: 'pgbouncer' },
  OpenSSL: { names: ['openssl'], debian: 'openssl' },
} as const satisfies Readonly<Record<string, SystemProgram>>

export type SystemProgramName = keyof typeof systemPrograms

/** Its full path, where the system has it. */
export function findSystemProgram(name: SystemProgramName): string | undefined {
  return systemPrograms[name].names.map(onPath).find((path) => path !== undefined)
}

/**
 * Installs those that are missing, where that may be done without asking: for root on Debian or Ubuntu.
 * @throws StackError where the package manager fails
 */
export async function installSystemPrograms(
  names: readonly SystemProgramName[],
  notice: (what: string) => void = () => {},
): Promise<void> {
  const missing = names.filter((name) => findSystemProgram(name) === undefined)
  if (missing.length === 0 || process.getuid?.() !== 0 || !onPath('apt-get')) return
  notice(`Installing ${missing.join(', ')} with apt-get`)
  await withoutServices(() => installPackages(missing.map((name) => systemPrograms[name].debian)))
}

/** The package lists may be missing, as in most images, or old: on failure they are fetched once. */
async function installPackages(packages: readonly string[]): Promise<void> {
  const install = ['install', '--yes', '--no-install-recommends', ...packages]
  await aptGet(install).catch(async () => {
    await aptGet(['update'])
    await aptGet(install)
  })
}

/** In a process group of its own: a Ctrl-C must not leave a package half installed. */
async function aptGet(args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = ['--quiet', '-o', 'DPkg::Lock::Timeout=120']
  const apt = spawn('apt-get', [...options, ...args], { detached: true, env, stdio: 'pipe' })
  const output = text(apt.stderr)
  apt.stdout.resume()
  const [code] = await once(apt, 'close')
  if (code === 0) return
  const lines = (await output).trim().split('\n')
  throw new StackError(`apt-get ${args.join(' ')} failed.`, lines)
}

const policy = '/usr/sbin/policy-rc.d'

/** Has the package manager start no service meanwhile: we want the program only. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(policy)) return work()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await work()
  } finally {
    rmSync(policy, { force: true })
  }
}
