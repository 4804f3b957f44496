import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { StackError } from './error.ts'
import { onPath } from './os.ts'

const found = (): string | undefined => onPath('redis-server') ?? onPath('valkey-server')

/** The Redis, or Valkey, of the system; root on Debian or Ubuntu gets it installed. */
export async function redisProgram(notice: (what: string) => void = () => {}): Promise<string> {
  const program = found()
  if (program) return program
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    notice('Installing Redis with apt-get')
    await withoutServices(installPackage)
  }
  const installed = found()
  if (installed) return installed
  throw new StackError(
    'No redis-server or valkey-server was found: install one (Debian or Ubuntu: apt-get install redis-server, macOS: brew install redis), or set REDIS_URL.',
  )
}

/** The package lists may be missing, as in most images, or old: on failure they are fetched once. */
async function installPackage(): Promise<void> {
  const install = ['install', '--yes', '--no-install-recommends', 'redis-server']
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
  throw new StackError(`Redis could not be installed: apt-get ${args[0]} failed.`, lines)
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
