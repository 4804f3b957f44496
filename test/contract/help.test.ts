import { spawnSync } from 'node:child_process'
import type { Setting } from '@visage/shared/config/setting'
import { describe, expect, it } from 'vitest'
import { apiSettings } from '../../apps/api/src/config.ts'
import { workerSettings } from '../../apps/worker/src/config.ts'

const root = new URL('../../', import.meta.url)
const programs = {
  API: { entry: 'apps/api/dist/main.js', settings: apiSettings },
  worker: { entry: 'apps/worker/dist/main.js', settings: workerSettings },
}

/** Runs the program with an environment without any required setting. */
const run = (entry: string, args: readonly string[], env = {}) =>
  spawnSync(process.execPath, [entry, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  })

describe.each(['API', 'worker'] as const)('the %s', (name) => {
  const { entry, settings } = programs[name]
  const all: readonly Setting<unknown>[] = Object.values(settings)

  const help = run(entry, ['--help'], {
    S3_SECRET_KEY: 'hunter2',
    DATABASE_URL: 'postgres://visage:swordfish@db/visage',
    S3_BUCKET: 'elsewhere',
  })

  it('lists every setting once for --help and starts nothing', () => {
    expect([help.status, help.stderr]).toEqual([0, ''])
    const variables = help.stdout.matchAll(/^ {2}([A-Z][A-Z0-9_]+)/gm)
    const listed = [...variables].map(([, variable]) => variable)
    expect(listed.toSorted()).toEqual(all.map((setting) => setting.name).toSorted())
    const words = help.stdout.replace(/\s+/g, ' ')
    for (const { description, format } of all) {
      expect(words).toContain(description.replaceAll('`', ''))
      expect(words).toContain(`Format: ${format}`)
    }
  })

  it('fits 80 columns', () => {
    expect(help.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('shows defaults and never the current values', () => {
    expect(help.stdout).toContain('  S3_BUCKET=visage\n')
    expect(help.stdout).toContain('  S3_SECRET_KEY (required)\n')
    expect(help.stdout).not.toMatch(/hunter2|swordfish|elsewhere/)
  })

  it('accepts -h', () => {
    expect(run(entry, ['-h']).stdout).toBe(help.stdout)
  })

  it.each([['--port=80'], ['--help', 'start'], ['']])(
    'refuses any other argument: %j',
    (...args) => {
      const { status, stdout, stderr } = run(entry, args)
      expect([status, stdout]).toEqual([64, ''])
      expect(stderr).toBe(
        `node ${entry} accepts no argument except --help. Use environment variables; --help lists them.\n`,
      )
    },
  )
})
