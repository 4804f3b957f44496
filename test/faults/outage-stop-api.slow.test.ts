import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { Load } from '../support/faults/outage-load.ts'
import { nobodyIsBlamed } from '../support/faults/outage-state.ts'
import { acceptedUnread, askToStop, stopped } from '../support/faults/outage-stop.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { whole } from '../support/pictures/tiny.ts'
import { keysIn } from '../support/world/state.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

const CLEAN = { code: 0, signal: null }
const FORCED = { code: 1, signal: null }

faultCase(
  { fault: 'SIGTERM of the API under load', holds: 'exit 0, and all that is accepted is answered' },
  async (trial) => {
    let api = await trial.startApi()
    await trial.startWorker()
    const load = new Load(trial)
    trial.times = 3
    for (let i = 1; i <= trial.times; i++) {
      await load.reached(i * 12)
      api.kill('SIGTERM')
      expect(await stopwatch.time('the API stops under load', 5000, () => stopped(api))).toEqual(
        CLEAN,
      )
      api = await trial.startApi()
      trial.broke()
    }
    await load.done
    await nobodyIsBlamed(trial)
    expect(await acceptedUnread(trial)).toEqual([])
  },
)

faultCase(
  { fault: 'SIGTERM of the API in mid-body', holds: 'that request is served, and no other' },
  async (trial) => {
    const api = await trial.startApi()
    await trial.startWorker()
    const { client, finish } = await halfSent(trial)
    await askToStop(api)
    await expect(RawConnection.open(api.port)).rejects.toThrow('ECONNREFUSED')
    await finish()
    const { json, headers } = await client.putReply()
    expect(json).toMatchObject({ code: 0 })
    expect(headers.get('connection')).toBe('close')
    accepted(trial, headers)
    expect(await stopwatch.time('the API stops after a request', 2000, () => stopped(api))).toEqual(
      CLEAN,
    )
  },
)

faultCase(
  { fault: 'SIGTERM of the API, twice', holds: 'it leaves at once, and accepts nothing' },
  async (trial) => {
    const api = await trial.startApi()
    await trial.startWorker()
    const { client } = await halfSent(trial)
    await askToStop(api)
    api.kill('SIGTERM')
    expect(await stopwatch.time('the API leaves at once', 1000, () => stopped(api))).toEqual(FORCED)
    expect(`${await client.closed()}`).toBe('')
    expect(await keysIn(trial.world)).toEqual([])
  },
)

faultCase(
  { fault: 'STOP_TIMEOUT of the API is over', holds: 'it leaves, and accepts nothing' },
  async (trial) => {
    const api = await trial.startApi({ STOP_TIMEOUT: '1s' })
    await trial.startWorker()
    const { client } = await halfSent(trial)
    api.kill('SIGTERM')
    expect(await stopwatch.time('the API leaves after 1 s', 2500, () => stopped(api))).toEqual(
      FORCED,
    )
    expect(`${await client.closed()}`).toBe('')
    expect(await keysIn(trial.world)).toEqual([])
  },
)

/** A client that has sent the head of its PUT and half of the body. */
async function halfSent({ client: { port } }: Trial) {
  const picture = await whole()
  const half = picture.length >> 1
  const client = await RawConnection.open(port)
  const head = putHead(tokenOf('ada'), `Content-Length: ${picture.length}`, 'Expect: 100-continue')
  await client.write(head)
  expect(await client.reply()).toMatchObject({ status: 100 })
  await client.write(picture.subarray(0, half))
  return { client, finish: () => client.write(picture.subarray(half)) }
}

function accepted({ ledger }: Trial, headers: Headers): void {
  const id = headers.get('x-upload-id') ?? ''
  ledger.uploads.push({ user: 'ada', id: asRevision(id), expected: 'ready' })
}
