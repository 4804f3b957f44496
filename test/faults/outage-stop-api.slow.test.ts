import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { Load } from '../support/faults/outage-load.ts'
import { waitForOutcomesWithoutCrash } from '../support/faults/outage-state.ts'
import { acceptedWithoutAnswer, requestStop, waitForExit } from '../support/faults/outage-stop.ts'
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
  { fault: 'SIGTERM of the API under load', holds: 'it exits 0 and answers every accepted upload' },
  async (trial) => {
    let api = await trial.startApi()
    await trial.startWorker()
    const load = new Load(trial)
    trial.times = 3
    for (let i = 1; i <= trial.times; i++) {
      await load.reached(i * 12)
      api.kill('SIGTERM')
      expect(
        await stopwatch.time('the API stops under load', 5000, () => waitForExit(api)),
      ).toEqual(CLEAN)
      api = await trial.startApi()
      trial.startRecovery()
    }
    await load.done
    await waitForOutcomesWithoutCrash(trial)
    expect(await acceptedWithoutAnswer(trial)).toEqual([])
  },
)

faultCase(
  {
    fault: 'SIGTERM of the API in the middle of a body',
    holds: 'the API serves this request and no other',
  },
  async (trial) => {
    const api = await trial.startApi()
    await trial.startWorker()
    const { client, finish } = await halfSent(trial)
    await requestStop(api)
    await expect(RawConnection.open(api.port)).rejects.toThrow('ECONNREFUSED')
    await finish()
    const { json, headers } = await client.putReply()
    expect(json).toMatchObject({ code: 0 })
    expect(headers.get('connection')).toBe('close')
    recordAccepted(trial, headers)
    expect(
      await stopwatch.time('the API stops after a request', 2000, () => waitForExit(api)),
    ).toEqual(CLEAN)
  },
)

faultCase(
  { fault: 'SIGTERM of the API, twice', holds: 'it exits at once and accepts nothing' },
  async (trial) => {
    const api = await trial.startApi()
    await trial.startWorker()
    const { client } = await halfSent(trial)
    await requestStop(api)
    api.kill('SIGTERM')
    expect(await stopwatch.time('the API exits at once', 1000, () => waitForExit(api))).toEqual(
      FORCED,
    )
    expect(`${await client.closed()}`).toBe('')
    expect(await keysIn(trial.world)).toEqual([])
  },
)

faultCase(
  { fault: 'STOP_TIMEOUT of the API passes', holds: 'it exits and accepts nothing' },
  async (trial) => {
    const api = await trial.startApi({ STOP_TIMEOUT: '1s' })
    await trial.startWorker()
    const { client } = await halfSent(trial)
    api.kill('SIGTERM')
    expect(await stopwatch.time('the API exits after 1 s', 2500, () => waitForExit(api))).toEqual(
      FORCED,
    )
    expect(`${await client.closed()}`).toBe('')
    expect(await keysIn(trial.world)).toEqual([])
  },
)

/** Opens a PUT and sends its head and half of its body. */
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

function recordAccepted({ ledger }: Trial, headers: Headers): void {
  const id = headers.get('x-upload-id') ?? ''
  ledger.uploads.push({ user: 'ada', id: asRevision(id), expected: 'ready' })
}
