import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '@visage/stack/ports'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asObjectKey } from '../support/domain/brands.ts'
import { keysOf, publish, setPicture } from '../support/world/audit-services.ts'
import {
  connectServices,
  empty,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import { keysIn } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const command = fileURLToPath(new URL('../../bin/audit.mjs', import.meta.url))

const world = useWorld()
let services: MaintenanceServices

beforeAll(async () => {
  services = await connectServices(world)
})
beforeEach(() => empty(world))
afterAll(async () => {
  await services.close()
})

interface Ended {
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `npm run audit` on this world with a grace period that makes new objects old. */
function runAudit(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { env: { ...process.env, ...world.env, PURGE_AFTER: '1ms', ...env } }
  return new Promise<Ended>((resolve) => {
    execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

/** Publishes a shown picture with a missing object, and two unreferenced pictures. */
async function disagree(): Promise<string[]> {
  const shown = await publish(world)
  await setPicture(services, shown)
  await world.store.remove(keysOf(shown).slice(1).map(asObjectKey))
  await publish(world)
  await publish(world)
  return keysOf(shown).slice(0, 1)
}

test('npm run audit -- --dry-run prints its report and deletes nothing', async () => {
  await disagree()
  const before = await keysIn(world)
  const { code, stdout } = await runAudit(['--dry-run'])
  expect(stdout.split('\n').slice(-3)).toEqual([
    '2 unreferenced pictures in the bucket, not removed (dry run)',
    '1 rows with missing objects, 0 queued to be rendered again',
    '',
  ])
  expect(stdout).toContain('Found row with missing objects')
  expect(code).toBe(0)
  expect(await keysIn(world)).toEqual(before)
})

test('npm run audit deletes unreferenced pictures', async () => {
  const referenced = await disagree()
  const { code, stdout } = await runAudit([])
  expect(stdout).toContain('2 unreferenced pictures in the bucket, removed\n')
  expect(code).toBe(0)
  expect(await keysIn(world)).toEqual(referenced)
})

test('without differences it says so, and without a terminal it prints no progress bar', async () => {
  const { code, stdout, stderr } = await runAudit([])
  expect(stdout).toMatch(/^0 unreferenced pictures .*\n0 rows .*\n$/)
  expect(stderr).not.toMatch(/[█░]/)
  expect(code).toBe(0)
})

test('with an unavailable dependency it fails with one line that names it', async () => {
  const unavailable = { S3_ENDPOINT: `http://127.0.0.1:${await freePort()}` }
  const { code, stdout, stderr } = await runAudit(['--dry-run'], unavailable)
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^The picture store is not available/)
})

test('with an unknown argument it does nothing', async () => {
  await disagree()
  const before = await keysIn(world)
  const { code, stderr } = await runAudit(['--dryrun'])
  expect(code).toBe(1)
  expect(stderr).toContain('--dryrun')
  expect(await keysIn(world)).toEqual(before)
})
