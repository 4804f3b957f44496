import { rawKey } from '@visage/shared/avatar/keys'
import type { App } from '@visage/stack/app'
import { expect } from 'vitest'
import { asObjectKey, asRevision, asUploadId } from '../domain/brands.ts'
import { eventually } from '../domain/eventually.ts'
import { avatarPath } from '../http/http.ts'
import { tiny } from '../pictures/tiny.ts'
import { keysIn, pictureRow } from '../world/state.ts'
import { readiness } from './outage-ready.ts'
import { type RequestName, requests, users } from './outage-requests.ts'
import { type OutageName, proxyServer, type ServerName, serverOutages } from './outage-server.ts'
import { uploadUntilShown } from './outage-state.ts'
import { Stopwatch } from './outage-stopwatch.ts'
import type { Trial } from './trial.ts'

const stopwatch = new Stopwatch()

/** Users of the requests that may be refused. */
const writers = { 'PUT with a body': users.uploader, 'PUT without a body': users.resetter }

/** Maximum milliseconds of an answer during an outage: the default of S3_TIMEOUT plus the rest of the request. */
const SOON = 8000

/** Documented behaviour during an outage of one server. */
interface OutagePromise {
  readonly name: string
  readonly inReadyz: 'queue' | 'database' | 'storage'
  /** Status of `/readyz` of the API. A worker always answers 503. */
  readonly readyz: 200 | 503
  readonly answers: Readonly<Record<RequestName, number>>
}

export const promises: Readonly<Record<ServerName, OutagePromise>> = {
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

/** Checks the answers and `/readyz` during an outage, and that the apps recover after it. */
export async function expectDegradedService(
  server: ServerName,
  outage: OutageName,
  trial: Trial,
): Promise<void> {
  const proxied = await proxyServer(server, trial)
  const apps = {
    api: await trial.startApi(proxied.env),
    worker: await trial.startWorker(proxied.env),
  }
  const shown = await showPictures(trial)
  const before = await tracesOfRefused(promises[server], trial)

  await serverOutages[outage].begin(proxied)
  await expectAnswers(promises[server], outage, trial, shown)
  await expectReadyz(promises[server], apps)

  await serverOutages[outage].end(proxied)
  trial.startRecovery()
  await eventually('ready again', 10_000, () => areReady(apps))
  if (serverOutages[outage].dropsRequests)
    expect(await tracesOfRefused(promises[server], trial)).toEqual(before)
}

async function showPictures(trial: Trial): Promise<string> {
  const { revision } = await uploadUntilShown(trial, users.reader, await tiny(1))
  await uploadUntilShown(trial, users.resetter, await tiny(2))
  await openConnections(trial)
  return revision
}

/** Makes the API open connections that the outage then breaks. */
async function openConnections({ client }: Trial): Promise<void> {
  const reads = Array.from({ length: 4 }, () => client.get(avatarPath(users.reader)))
  expect((await Promise.all(reads)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
}

/** Returns all stored data of the users whose requests are refused. */
function tracesOfRefused({ answers }: OutagePromise, { world, ledger }: Trial) {
  const accepted = new Set(ledger.uploads.map(({ id }) => rawKey(asUploadId(id))))
  const refused = Object.entries(writers).filter(([what]) => answers[what as RequestName] !== 0)
  const traces = refused.map(async ([what, user]) => ({
    what,
    picture: await pictureRow(world, user),
    receipts: await world.db('uploads').where('user_id', user),
    stored: (await keysIn(world, 'raw/')).filter((key) => !accepted.has(asObjectKey(key))),
  }))
  return Promise.all(traces)
}

async function expectAnswers(
  { name, answers }: OutagePromise,
  outage: OutageName,
  trial: Trial,
  shown: string,
): Promise<void> {
  const asked = Object.entries(requests).map(async ([what, send]) => [
    what,
    await stopwatch.time(`while ${name} ${outage}: ${what}`, SOON, () =>
      send(trial, asRevision(shown)),
    ),
  ])
  expect(Object.fromEntries(await Promise.all(asked))).toEqual(answers)
}

async function expectReadyz(
  { inReadyz, readyz }: OutagePromise,
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
