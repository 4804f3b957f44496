import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { Events } from '../support/http/events.ts'
import { tokenOf } from '../support/http/http.ts'
import { tiny } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

/** Heartbeat that never fires: outcomes arrive only by events, or because Redis is available again. */
const NEVER = { EVENT_STREAM_HEARTBEAT: '1h' }

/** Uploads a picture and opens its event stream. */
async function openEventStream(trial: Trial) {
  const id = await trial.upload('ada', await tiny())
  const events = await Events.open(trial.client, 'ada', id)
  await events.next()
  return { id, events }
}

/** Sends a PUT that waits for its outcome. Returns a function that checks the answer. */
async function putAndWait(trial: Trial): Promise<() => Promise<void>> {
  const reply = trial.client.put(tokenOf('bob'), await tiny(), { Prefer: 'wait=30' })
  return async () => {
    const { json, headers } = await reply
    const id = headers.get('x-upload-id') ?? ''
    trial.ledger.uploads.push({ user: 'bob', id: asRevision(id), expected: 'ready' })
    expect(json).toEqual({ code: 0, msg: '' })
    expect((await trial.client.receipt('bob', id)).state).toBe('ready')
  }
}

faultCase(
  { fault: 'Redis is killed while clients wait', holds: 'the clients get the outcome' },
  async (trial) => {
    await trial.startApi(NEVER)
    const { events } = await openEventStream(trial)
    const answered = await putAndWait(trial)
    await trial.servers.redis.kill()
    trial.startRecovery()
    await trial.servers.redis.start()
    await trial.startWorker()
    await events.over
    expect(events.received.at(-1)?.event).toBe('ready')
    await answered()
  },
)

faultCase(
  { fault: 'a worker is killed while clients wait', holds: 'the clients get the outcome' },
  async (trial) => {
    await trial.startApi(NEVER)
    const { events, id } = await openEventStream(trial)
    const hold = trial.gates.hold({
      worker: 'victim',
      upload: asRevision(id),
      step: 'render',
      at: 'before',
    })
    const victim = await trial.startHookWorker({ name: 'victim', concurrency: 1 })
    await hold.reached()
    const answered = await putAndWait(trial)
    trial.startRecovery()
    victim.kill('SIGKILL')
    await trial.startWorker()
    await events.over
    const states = events.received.map(({ event }) => event).filter((state) => state !== 'queued')
    expect(states).toEqual(['processing', 'ready'])
    await answered()
  },
)
