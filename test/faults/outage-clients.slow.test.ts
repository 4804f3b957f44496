import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { Load } from '../support/faults/outage-load.ts'
import { tryPut } from '../support/faults/outage-put.ts'
import { waitForOutcomesWithoutCrash } from '../support/faults/outage-state.ts'
import { acceptedWithoutAnswer } from '../support/faults/outage-stop.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { AVATAR, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { whole } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

const MEBIBYTE = 1024 ** 2

/** Limits with which one upload of unknown length takes the whole byte budget. */
const env = { MAX_UPLOAD_BYTES: '4MiB', MAX_BYTES_IN_FLIGHT: '8MiB' }

/** Maximum milliseconds of an upload on a busy machine with other clients. */
const UNAFFECTED = 20_000

const disconnects: Readonly<Record<string, (client: RawConnection) => void>> = {
  closes: (client) => client.close(),
  'half-closes': (client) => client.halfClose(),
  resets: (client) => client.reset(),
}

faultCase(
  {
    fault: 'clients disconnect in the middle of a body under load',
    holds: 'their uploads are not accepted, and their bytes are released',
  },
  async (trial) => {
    await trial.startApi(env)
    await trial.startWorker()
    const load = new Load(trial, { each: 40 })
    const sent = [0, 0.5, 1]
    trial.times = sent.length * Object.keys(disconnects).length
    for (const share of sent)
      for (const disconnect of Object.values(disconnects)) {
        await load.reached(load.accepted + 3)
        const client = await slowClient(trial)
        await client.send(Math.floor((client.left() - 1) * share))
        disconnect(client.connection)
      }
    await expectUnaffected(trial, load)
    await takeTheWholeBudget(trial)
  },
)

faultCase(
  { fault: 'clients send single bytes', holds: 'other clients are served as usual' },
  async (trial) => {
    // A long grace period, so that no client is cut off as too slow.
    await trial.startApi({ ...env, UPLOAD_GRACE: '1h' })
    await trial.startWorker()
    const clients = await Promise.all(Array.from({ length: 12 }, () => slowClient(trial)))
    trial.times = clients.length
    const load = new Load(trial)
    load.onAccepted(() => {
      for (const client of clients) void client.send(1)
    })
    await load.done
    for (const { connection } of clients.slice(1)) connection.reset()
    await expectUnaffected(trial, load)
    await clients[0]?.finish()
    await takeTheWholeBudget(trial)
  },
)

faultCase(
  { fault: 'clients stop sending in the middle of a body', holds: 'their bytes are released' },
  async (trial) => {
    await trial.startApi({ ...env, UPLOAD_GRACE: '1s' })
    await trial.startWorker()
    trial.times = 2
    const notReading = await silentClient(trial, 3 * MEBIBYTE)
    const reading = await silentClient(trial, MEBIBYTE)
    expect((await tryPut(trial, 'ada', await whole())).json).toMatchObject({ code: 503 })
    expect(await reading.reply()).toMatchObject({ status: 408 })
    trial.startRecovery()
    await eventually('room for all', 5000, () => takeTheWholeBudget(trial))
    notReading.close()
  },
)

/** Opens a PUT of `bytes` bytes and sends only the first one. It reads only if the test does. */
async function silentClient({ client: { port } }: Trial, bytes: number): Promise<RawConnection> {
  const connection = await RawConnection.open(port)
  await connection.write(putHead(tokenOf('mute'), `Content-Length: ${bytes}`), 'x')
  return connection
}

/** Opens a PUT whose body the test sends piece by piece. */
async function slowClient({ client: { port }, ledger }: Trial) {
  const user = 'sloth'
  let body = await whole()
  const connection = await RawConnection.open(port)
  await connection.write(putHead(tokenOf(user), `Content-Length: ${body.length}`))
  const send = async (count: number) => {
    const next = body.subarray(0, count)
    body = body.subarray(count)
    await connection.write(next)
  }
  const finish = async () => {
    await send(body.length)
    const { headers } = await connection.putReply()
    ledger.uploads.push({
      user,
      id: asRevision(headers.get('x-upload-id') ?? ''),
      expected: 'ready',
    })
  }
  return { connection, send, finish, left: () => body.length }
}

async function expectUnaffected(trial: Trial, load: Load): Promise<void> {
  await load.done
  expect(load.refused).toBe(0)
  expect(load.slowest).toBeLessThan(UNAFFECTED)
  await waitForOutcomesWithoutCrash(trial)
  expect(await acceptedWithoutAnswer(trial)).toEqual([])
}

/** Sends an upload of unknown length, which is accepted only if no other request holds any bytes. */
async function takeTheWholeBudget({ client, ledger }: Trial): Promise<true> {
  const user = 'elephant'
  const { json, headers } = await client.ask('PUT', AVATAR, {
    token: tokenOf(user),
    chunks: [await whole()],
  })
  expect(json).toMatchObject({ code: 0 })
  ledger.uploads.push({ user, id: asRevision(headers.get('x-upload-id') ?? ''), expected: 'ready' })
  return true
}
