import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { originalKey } from '@visage/shared/avatar/keys'
import { recipe } from '@visage/shared/avatar/recipe'
import { recipeId } from '@visage/shared/avatar/recipe-id'
import type { Upload } from '@visage/shared/avatar/upload'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { Originals } from '@visage/shared/storage/originals'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import { expect } from 'vitest'
import { audit } from '../../../apps/worker/src/maintenance/audit.ts'
import { purge } from '../../../apps/worker/src/maintenance/purge.ts'
import { sweep } from '../../../apps/worker/src/maintenance/sweep.ts'
import { asRevision, asUserId } from '../domain/brands.ts'
import { eventually } from '../domain/eventually.ts'
import { silent } from '../domain/log.ts'
import { revisionAt, uploadAt } from '../domain/uploads.ts'
import { AVATAR, avatarPath, Client, someone, tokenOf } from '../http/http.ts'
import { photo } from '../pictures/photo.ts'
import { publish, setPicture } from './audit-services.ts'
import {
  accept,
  connectServices,
  type MaintenanceServices,
  MINUTE,
} from './maintenance-services.ts'
import { keysIn } from './state.ts'
import type { Environment, World } from './use-world.ts'

const auditMain = fileURLToPath(
  new URL('../../../apps/worker/dist/commands/audit-main.js', import.meta.url),
)

const TODAY = recipeId(recipe)

/** Environment of each program on top of the world's environment. */
export interface ProgramEnvironments {
  readonly api: Environment
  readonly worker: Environment
  readonly audit: Environment
}

/**
 * Runs every query and request that the API, a worker and `npm run audit` send to Postgres and the object store, each at
 * least once. The world itself prepares the state for it.
 */
export async function doEverything(world: World, environments: ProgramEnvironments): Promise<void> {
  const jpeg = await photo({ width: 96, height: 64 })
  await changeAndShow(world, environments, jpeg)
  const worker = await connectServices({ env: { ...world.env, ...environments.worker } })
  await sweepUp(world, worker, jpeg).finally(() => worker.close())
  await auditOnce(world, environments.audit)
}

async function changeAndShow(
  world: World,
  environments: ProgramEnvironments,
  jpeg: Buffer,
): Promise<void> {
  const running = await world.startApi(environments.api)
  const worker = await world.startWorker({ ...environments.worker, KEEP_ORIGINALS: 'true' })
  for (const { ports } of [running, worker])
    expect((await fetch(`http://127.0.0.1:${ports.ops}/readyz`)).status).toBe(200)
  const api = new Client(running)
  const user = someone()
  const send = async (bytes: Buffer) => {
    const id = await api.upload(user, bytes)
    return { id, outcome: await world.outcome(id) }
  }
  expect(await send(jpeg)).toMatchObject({ outcome: 'ready' })
  expect(await send(jpeg.subarray(0, 300))).toMatchObject({ outcome: 'rejected' })
  const { id } = await send(jpeg)
  await rerenderOnce(world, user, id)
  await showAll(api, user, id)
  expect((await api.put(tokenOf(user))).json.code).toBe(0)
  expect(await send(jpeg)).toMatchObject({ outcome: 'ready' })
  expect((await api.ask('DELETE', AVATAR, { token: tokenOf(user) })).json.code).toBe(0)
  for (const app of [worker, running]) await app.stop()
}

async function rerenderOnce({ store, redis, env }: World, user: string, id: string): Promise<void> {
  const original = await new Originals(store).find(asUserId(user), asRevision(id))
  if (!original) throw new Error('the original was not kept')
  const queue = new UploadQueue(redis, `${env.QUEUE_PREFIX}`, silent)
  const job = await queue.addRerender(original, TODAY)
  await eventually('the rerender', 20_000, async () => (await queue.jobOutcome(job)) === 'ready')
}

async function showAll(api: Client, user: string, id: string): Promise<void> {
  expect((await api.get(avatarPath(user))).status).toBe(200)
  const [{ url }] = (await api.settings(user)).variants
  expect((await api.get(url)).status).toBe(200)
  expect((await api.get(`${avatarPath(user)}/${revisionAt(1)}/64.webp`)).status).toBe(404)
  expect(await api.receipt(user, id)).toMatchObject({ state: 'ready' })
  const unknown = await api.get(`${AVATAR}/uploads/${revisionAt(1)}`, { token: tokenOf(user) })
  expect(unknown.json.code).toBe(404)
}

const UNPROCESSABLE = { state: 'rejected', reason: 'unprocessable', msg: 'no' } as const

/** Sweeps, purges and audits lost, rejected, replaced, removed and unreferenced objects. */
async function sweepUp(world: World, worker: MaintenanceServices, jpeg: Buffer): Promise<void> {
  const raw = new RawObjects(world.store)
  const lost = await accept({ raw }, jpeg, MINUTE, 'lost')
  const givenUp = await accept({ raw }, jpeg, MINUTE, 'given-up')
  for (const end of ['recordCrash', 'recordAttemptEnd'] as const) {
    const start = randomUUID()
    await worker.uploads.beginAttempt(lost, start)
    await worker.uploads[end](lost.id, start)
  }
  await worker.uploads.recordVerdict(givenUp, UNPROCESSABLE)
  expect(await sweep(0, worker)).toMatchObject({ requeue: 1, remove: 1 })
  expect(await keysIn(world, 'quarantine/')).toHaveLength(1)
  for (const age of [2, 1]) {
    const picture = await publish(world, 'replaced', Date.now() - age * MINUTE)
    await keep(world, picture)
    await setPicture(worker, picture)
  }
  await worker.avatars.remove({ userId: givenUp.userId, revision: revisionAt(Date.now()) })
  expect(await purge(0, worker)).toBe(2)
  expect(await keysIn(world, 'quarantine/')).toEqual([])
  await publish(world)
  expect(await audit({ grace: 0, dryRun: false, recipe: TODAY }, worker)).toMatchObject({
    orphans: 1,
  })
}

const keep = ({ store }: World, { userId, id }: Upload) =>
  store.put(originalKey(userId, id), Buffer.from('bytes'), { mediaType: 'image/jpeg' })

/** Runs the audit command over an unreferenced picture and over a picture of which only the original is left. */
async function auditOnce(world: World, env: Environment): Promise<void> {
  const whole = { ...process.env, ...world.env, PURGE_AFTER: '1ms', ...env }
  const bare = uploadAt(Date.now(), asUserId('bare'))
  for (const picture of [await publish(world), bare]) await keep(world, picture)
  const services = await connectServices({ env: { ...world.env, ...env } })
  await setPicture(services, bare).finally(() => services.close())
  const { stdout } = await run(process.execPath, [auditMain], { env: whole })
  expect(stdout).toContain('1 unreferenced pictures in the bucket, removed')
  expect(stdout).toContain('1 rows with missing objects, 1 queued to be rendered again')
}

const run = promisify(execFile)
