import { rawKey } from '@visage/shared/avatar/keys'
import type { App } from '@visage/stack/app'
import { expect } from 'vitest'
import { asObjectKey, asRevision, asUploadId } from '../domain/brands.ts'
import { eventually } from '../domain/eventually.ts'
import { avatarPath } from '../http/http.ts'
import { tiny } from '../pictures/tiny.ts'
import { keysIn, pictureRow } from '../world/state.ts'
import { type AskName, asking, asks } from './outage-asks.ts'
import { readiness } from './outage-ready.ts'
import { type PartName, roadTo, type WayName, ways } from './outage-road.ts'
import { show } from './outage-state.ts'
import { Stopwatch } from './outage-stopwatch.ts'
import type { Trial } from './trial.ts'

const stopwatch = new Stopwatch()

const askers = { 'PUT with a body': asking.uploader, 'PUT without a body': asking.resetter }

/** Milliseconds that an answer may take while a server does not answer: S3_TIMEOUT's default, and the rest of it. */
const SOON = 8000

interface Promised {
  readonly name: string
  readonly inReadyz: 'queue' | 'database' | 'storage'
  /** Of the API; a worker is not ready without any one of them. */
  readonly readyz: 200 | 503
  readonly answers: Readonly<Record<AskName, number>>
}

export const promised: Readonly<Record<PartName, Promised>> = {
  redis: {
    name: 'Redis',
    inReadyz: 'queue',
    readyz: 200,
    answers: {
      'PUT with a body': 0,
      'PUT without a body': 0,
      'GET settings': 0,
      'GET picture': 200,
      'GET picture, known tag': 304,
      'GET variant': 200,
    },
  },
  postgres: {
    name: 'Postgres',
    inReadyz: 'database',
    readyz: 200,
    answers: {
      'PUT with a body': 0,
      'PUT without a body': 50001,
      'GET settings': 50001,
      'GET picture': 503,
      'GET picture, known tag': 503,
      'GET variant': 200,
    },
  },
  s3: {
    name: 'object store',
    inReadyz: 'storage',
    readyz: 503,
    answers: {
      'PUT with a body': 50004,
      'PUT without a body': 0,
      'GET settings': 0,
      'GET picture': 503,
      'GET picture, known tag': 304,
      'GET variant': 503,
    },
  },
}

export async function goOnWithout(part: PartName, way: WayName, trial: Trial): Promise<void> {
  const road = await roadTo(part, trial)
  const apps = { api: await trial.startApi(road.env), worker: await trial.startWorker(road.env) }
  const shown = await showPictures(trial)
  const before = await tracesOfRefused(promised[part], trial)

  await ways[way].away(road)
  await expectAnswers(promised[part], way, trial, shown)
  await expectReadyz(promised[part], apps)

  await ways[way].back(road)
  trial.broke()
  await eventually('ready again', 10_000, () => areReady(apps))
  if (ways[way].forgets) expect(await tracesOfRefused(promised[part], trial)).toEqual(before)
}

async function showPictures(trial: Trial): Promise<string> {
  const { revision } = await show(trial, asking.reader, await tiny(1))
  await show(trial, asking.resetter, await tiny(2))
  await openConnections(trial)
  return revision
}

/** An API that has been asked before holds connections, which then lead nowhere. */
async function openConnections({ client }: Trial): Promise<void> {
  const reads = Array.from({ length: 4 }, () => client.get(avatarPath(asking.reader)))
  expect((await Promise.all(reads)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
}

/** What there is of those whose request is refused. */
function tracesOfRefused({ answers }: Promised, { world, ledger }: Trial) {
  const accepted = new Set(ledger.uploads.map(({ id }) => rawKey(asUploadId(id))))
  const refused = Object.entries(askers).filter(([what]) => answers[what as AskName] !== 0)
  const traces = refused.map(async ([what, user]) => ({
    what,
    picture: await pictureRow(world, user),
    receipts: await world.db('uploads').where('user_id', user),
    stored: (await keysIn(world, 'raw/')).filter((key) => !accepted.has(asObjectKey(key))),
  }))
  return Promise.all(traces)
}

async function expectAnswers(
  { name, answers }: Promised,
  way: WayName,
  trial: Trial,
  shown: string,
): Promise<void> {
  const asked = Object.entries(asks).map(async ([what, ask]) => [
    what,
    await stopwatch.time(`while ${name} ${way}: ${what}`, SOON, () =>
      ask(trial, asRevision(shown)),
    ),
  ])
  expect(Object.fromEntries(await Promise.all(asked))).toEqual(answers)
}

async function expectReadyz(
  { inReadyz, readyz }: Promised,
  { api, worker }: { api: App; worker: App },
): Promise<void> {
  const others = { storage: 'ok', database: 'ok', queue: 'ok' }
  const dependencies = { ...others, [inReadyz]: 'unavailable' }
  const status = readyz === 200 ? 'degraded' : 'unavailable'
  const said = await Promise.all([api, worker].map(readiness))
  expect(said).toEqual([
    { http: readyz, status, dependencies },
    { http: 503, status: 'unavailable', dependencies },
  ])
}

async function areReady(apps: Readonly<Record<string, App>>): Promise<boolean> {
  const said = await Promise.all(Object.values(apps).map(readiness))
  return said.every(({ status }) => status === 'ready')
}
