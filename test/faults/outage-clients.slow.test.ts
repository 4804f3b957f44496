import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { Load } from '../support/faults/outage-load.ts'
import { offer } from '../support/faults/outage-offer.ts'
import { nobodyIsBlamed } from '../support/faults/outage-state.ts'
import { acceptedUnread } from '../support/faults/outage-stop.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { AVATAR, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { whole } from '../support/pictures/tiny.ts'

const faultCase = faultSuite()

const MEBIBYTE = 1024 ** 2

/** One upload of unknown length may take all that may be held at once. */
const env = { MAX_UPLOAD_BYTES: '4MiB', MAX_BYTES_IN_FLIGHT: '8MiB' }

/** Milliseconds that an upload may take on a busy machine, whatever other clients do. */
const UNAFFECTED = 20_000

const goings: Readonly<Record<string, (client: RawConnection) => void>> = {
  closes: (client) => client.close(),
  'half-closes': (client) => client.halfClose(),
  resets: (client) => client.reset(),
}

faultCase(
  { fault: 'clients go in mid-body under load', holds: 'nothing of theirs is taken, or held' },
  async (trial) => {
    await trial.startApi(env)
    await trial.startWorker()
    const load = new Load(trial, { each: 40 })
    const sent = [0, 0.5, 1]
    trial.times = sent.length * Object.keys(goings).length
    for (const share of sent)
      for (const go of Object.values(goings)) {
        await load.reached(load.accepted + 3)
        const client = await slowClient(trial)
        await client.send(Math.floor((client.left() - 1) * share))
        go(client.connection)
      }
    await expectUnaffected(trial, load)
    await takeTheWholeBudget(trial)
  },
)

faultCase(
  { fault: 'clients send a byte now and then', holds: 'the others are served as ever' },
  async (trial) => {
    // However long the load takes, no client is cut off as too slow.
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
  { fault: 'clients fall silent in mid-body', holds: 'their share comes back' },
  async (trial) => {
    await trial.startApi({ ...env, UPLOAD_GRACE: '1s' })
    await trial.startWorker()
    trial.times = 2
    const deaf = await silentClient(trial, 3 * MEBIBYTE)
    const listening = await silentClient(trial, MEBIBYTE)
    expect((await offer(trial, 'ada', await whole())).json).toMatchObject({ code: 503 })
    expect(await listening.reply()).toMatchObject({ status: 408 })
    trial.broke()
    await eventually('room for all', 5000, () => takeTheWholeBudget(trial))
    deaf.close()
  },
)

/** Sends nothing after the first byte of so many, and reads nothing unless it is told to. */
async function silentClient({ client: { port } }: Trial, bytes: number): Promise<RawConnection> {
  const connection = await RawConnection.open(port)
  await connection.write(putHead(tokenOf('mute'), `Content-Length: ${bytes}`), 'x')
  return connection
}

/** Has sent the head of its PUT, and sends the body as it is told to. */
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
  await nobodyIsBlamed(trial)
  expect(await acceptedUnread(trial)).toEqual([])
}

/** An upload of unknown length, for which there is room only if nobody else holds any. */
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
