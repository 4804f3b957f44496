import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import { expect, onTestFinished, test } from 'vitest'
import { OutcomeWaiters } from '../../../../apps/api/src/receipts/outcome-waiters.ts'
import { waitForOutcome } from '../../../../apps/api/src/receipts/wait-for-outcome.ts'
import { asUploadId } from '../../../support/domain/brands.ts'
import { silent } from '../../../support/domain/log.ts'
import { unscraped } from '../../../support/domain/metrics.ts'

const ID = '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01'
const LONG = 60_000
const READY = { id: ID, state: 'ready' } as UploadRecord

type FindAll = (ids: readonly string[]) => Promise<UploadRecord[]>

/** Places for that many, and the receipts that Postgres would have. */
function listenersOf(findAll: FindAll = async () => [], limit = 1) {
  return new OutcomeWaiters(
    { limit, refreshEvery: LONG, cooldown: 1 },
    { findAll },
    silent,
    unscraped.api,
  )
}

/** Unanswered request, and a function that disconnects its client. */
async function asked(): Promise<{ response: ServerResponse; goAway: () => void }> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const outgoing = request({ port, host: '127.0.0.1', agent: false }).on('error', () => {})
  outgoing.end()
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  return { response, goAway: () => outgoing.destroy() }
}

test('a client that disconnects ends its wait and frees its place', async () => {
  const listeners = listenersOf()
  const { response, goAway } = await asked()
  const waited = waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners)
  expect(listeners.hasRoom()).toBe(false)
  expect(
    await waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners),
  ).toBeUndefined()
  goAway()
  expect(await waited).toEqual({})
  expect(listeners.hasRoom()).toBe(true)
})

test('a disconnected client does not wait', async () => {
  const listeners = listenersOf()
  const { response, goAway } = await asked()
  goAway()
  await once(response, 'close')
  expect(await waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners)).toEqual({})
  expect(listeners.hasRoom()).toBe(true)
})

test('an earlier outcome is found by one read', async () => {
  let looks = 0
  const listeners = listenersOf(async () => {
    looks++
    return [READY]
  })
  const { response } = await asked()
  expect(await waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners)).toEqual({
    record: READY,
  })
  expect(looks).toBe(1)
})

test('no receipt is read between the start and the event of the outcome', async () => {
  const read: (readonly string[])[] = []
  let receipts: UploadRecord[] = []
  const findAll = async (ids: readonly string[]) => {
    read.push(ids)
    return receipts
  }
  const listeners = listenersOf(findAll, 9)
  const { response } = await asked()
  const waits = [1, 2, 3].map(() =>
    waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners),
  )
  listeners.onStarted(asUploadId(ID))
  const begun = read.length
  receipts = [READY]
  listeners.onEnded(asUploadId(ID))
  expect(await Promise.all(waits)).toEqual([
    { record: READY },
    { record: READY },
    { record: READY },
  ])
  expect(read.length - begun).toBeLessThanOrEqual(1)
})

test('a stop ends all waits and allows no new one', async () => {
  const listeners = listenersOf()
  const { response } = await asked()
  const waited = waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners)
  listeners.stop()
  expect(await waited).toEqual({})
  expect(
    await waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners),
  ).toBeUndefined()
})

test('a failed read of receipts is retried', async () => {
  let fails = 2
  const listeners = listenersOf(async () => {
    if (fails-- > 0) throw new Error('postgres is unavailable')
    return [READY]
  })
  const { response } = await asked()
  expect(await waitForOutcome(asUploadId(ID), { timeout: LONG, response }, listeners)).toEqual({
    record: READY,
  })
  expect(fails).toBe(-1)
})
