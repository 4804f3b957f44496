import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { originalKey } from '@visage/shared/avatar/keys'
import { freePort } from '@visage/stack/ports'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { photo } from '../support/pictures/photo.ts'
import {
  connectServices,
  empty,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import { publishOldPicture } from '../support/world/rerender-services.ts'
import { keysIn } from '../support/world/state.ts'
import { type Environment, useWorld } from '../support/world/use-world.ts'

const command = fileURLToPath(new URL('../../bin/rerender.mjs', import.meta.url))
const TODAY = { SIZES: '48' }

const world = useWorld()
let services: MaintenanceServices
let jpeg: Buffer

beforeAll(async () => {
  services = await connectServices(world)
  jpeg = await photo({ width: 96, height: 80 })
})
beforeEach(() => empty(world))
afterAll(async () => {
  await services.close()
})

/** Runs `npm run rerender` on this world with the current recipe. */
function start(args: readonly string[] = [], env: Environment = {}) {
  const all = { ...process.env, ...world.env, ...TODAY, ...env }
  const child = spawn(process.execPath, [command, ...args], { env: all, detached: true })
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return {
    /** Signals all processes of the command, as Ctrl-C in a terminal does. */
    interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
    ended: ended.then(([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number })),
  }
}

const run = (...args: Parameters<typeof start>) => start(...args).ended

/** Publishes three pictures of an older recipe, one without an original. */
async function threeOlder() {
  const pictures = [
    await publishOldPicture(services, jpeg),
    await publishOldPicture(services, jpeg),
    await publishOldPicture(services, jpeg),
  ]
  const [bare] = pictures
  if (bare) await world.store.remove([originalKey(bare.userId, bare.id)])
  return pictures
}

const sizes = async () => {
  const rows: { variants: { size: number }[] }[] = await world.db('avatars').orderBy('revision')
  return rows.map(({ variants }) => variants[0]?.size)
}

test('a dry run reports the older pictures and those with an original, and changes nothing', async () => {
  await threeOlder()
  const before = await keysIn(world)
  const { code, stdout } = await run(['--dry-run'])
  expect(stdout).toBe(
    '3 pictures rendered by another recipe: 2 can be rendered again, 1 cannot because no original is stored.\n',
  )
  expect(code).toBe(0)
  expect(await keysIn(world)).toEqual(before)
  expect(await world.queue.getJobCountByTypes()).toBe(0)
})

test('it exits when every picture with an original is rendered, and then finds nothing to do', async () => {
  await threeOlder()
  const worker = await world.startWorker(TODAY)
  const { code, stdout, stderr } = await run()
  expect(stdout).toBe('2 pictures rendered again. 1 picture unchanged: no original is stored.\n')
  expect(stderr).not.toMatch(/[█░]/)
  expect(code).toBe(0)
  expect((await sizes()).toSorted()).toEqual([48, 48, 64])
  expect((await run()).stdout).toMatch(/^0 pictures rendered again. 1 picture unchanged/)
  await worker.stop()
})

test('a stopped run reports the queued pictures, and the next run finishes the rest', async () => {
  await threeOlder()
  const first = start()
  await eventually('two are queued', 20_000, async () => {
    return (await world.queue.getPrioritizedCount()) === 2
  })
  first.interrupt()
  const { code, stdout } = await first.ended
  expect(stdout).toMatch(/2 pictures still queued for rendering\. Run this command again/)
  expect(code).toBe(130)
  const worker = await world.startWorker(TODAY)
  expect((await run()).code).toBe(0)
  expect((await sizes()).toSorted()).toEqual([48, 48, 64])
  await worker.stop()
})

test('workers with another recipe change nothing, and the command reports it', async () => {
  await threeOlder()
  const worker = await world.startWorker()
  const { code, stdout } = await run()
  expect(stdout).toMatch(
    /2 pictures unchanged: the workers use another recipe\. Give them the settings/,
  )
  expect(code).toBe(1)
  expect(await sizes()).toEqual([64, 64, 64])
  await worker.stop()
})

test('pictures that cannot be rendered are counted and listed', async () => {
  const picture = await publishOldPicture(services, jpeg)
  const worker = await world.startWorker({ ...TODAY, MAX_SIDE: '90' })
  const { code, stdout } = await run()
  expect(stdout).toContain(picture.id)
  expect(stdout).toMatch(/1 picture unchanged: rejected by the current recipe or limits\./)
  expect(code).toBe(1)
  expect(await sizes()).toEqual([64])
  await worker.stop()
})

test('with an unavailable dependency it fails with one line that names it', async () => {
  await threeOlder()
  const { code, stderr } = await run([], { S3_ENDPOINT: `http://127.0.0.1:${await freePort()}` })
  expect(code).toBe(1)
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^The picture store is not available/)
})
