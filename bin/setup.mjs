// What every command does first. Plain JavaScript on Node alone: nothing else is there yet.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const built = ['apps/api', 'apps/worker', 'packages/stack']

/**
 * Checks Node, installs the dependencies if they are missing or stale, and builds. Exits on failure.
 * @returns {Promise<{ install: number, build: number }>} the seconds that each of them took
 */
export async function setUp() {
  assertNode()
  const install = isInstalled() ? 0 : await installDependencies()
  return { install, build: await build() }
}

function assertNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(
    `Node ${process.versions.node} is too old. Install Node 20.19 or newer, then run the command again.`,
  )
}

/** Whether npm's own record of what it installed agrees with the lockfile. */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, integrity, optional }]) => {
      const one = present[path]
      return one ? one.version === version && one.integrity === integrity : optional
    })
}

function packagesOf(lockfile) {
  return existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, 'utf8')).packages : {}
}

function installDependencies() {
  const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install'
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm']
  const options = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  say('… Installing dependencies')
  return step('Dependencies installed', 'install the dependencies', [...npm, command, ...options])
}

/** The page is bundled from source, so it needs nothing that the compiler writes. */
async function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const seconds = await Promise.all([
    step('Built', 'build the API, the worker and the stack', [
      process.execPath,
      ...[tsc, '-b', ...built],
    ]),
    step('Page built', 'build the page', [
      process.execPath,
      join(root, 'apps', 'web', 'build.mjs'),
    ]),
  ])
  return Math.max(...seconds)
}

/** Runs a command in silence, prints its output only if it fails, and mentions it if it took long. */
async function step(done, action, [command, ...args]) {
  const began = performance.now()
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  if (code !== 0) {
    const line = [command, ...args].join(' ')
    fail(`Could not ${action}: ${line} exited with code ${code}.\n${(await output).join('')}`)
  }
  const seconds = (performance.now() - began) / 1000
  if (seconds > 1) say(`✓ ${done} (${seconds.toFixed(1)} s)`)
  return seconds
}

/** On standard error, as the output of a command may be read by another program. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

export function fail(text) {
  say(`✗ ${text}`)
  process.exit(1)
}
