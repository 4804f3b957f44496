import { readFileSync } from 'node:fs'
import { startServers } from '@visage/stack/servers'
import { signToken } from '../test/support/token.ts'
import { JWT_SECRET, makeWorld } from '../test/support/world.ts'
import { quantile } from './quantile.ts'

/**
 * How long a user waits: from the PUT's answer to `ready`, one upload at a time on an idle stack.
 * `ready` is the moment when the queue says that the job is done, which is after the row is committed.
 */
const WARM_UP = 10
const ROUNDS = 100

const picture = readFileSync(new URL('../docs/sample.jpg', import.meta.url))
const servers = await startServers({ durable: true })
const world = await makeWorld({
  databaseUrl: servers.postgres.url,
  redisUrl: servers.redis.url,
  s3: servers.s3,
})
try {
  const [api] = await Promise.all([world.startApi(), world.startWorker()])
  const times: { answer: number; ready: number }[] = []
  for (let round = 0; round < WARM_UP + ROUNDS; round++) times.push(await upload(api.port, round))
  report(times.slice(WARM_UP))
} finally {
  await world.close()
  await servers.stop()
}

async function upload(port: number, round: number) {
  const token = signToken(JWT_SECRET, `bench-${round}`)
  const sent = performance.now()
  const answer = await fetch(`http://127.0.0.1:${port}/user/setting/avatar`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}` },
    body: picture,
  })
  await answer.arrayBuffer()
  const answered = performance.now()
  const outcome = await world.outcome(answer.headers.get('X-Upload-Id') ?? '')
  if (outcome !== 'ready') throw new Error(`the upload ended as ${outcome}`)
  return { answer: answered - sent, ready: performance.now() - answered }
}

function report(times: readonly { answer: number; ready: number }[]): void {
  const line = (what: string, values: number[]) =>
    `${what.padEnd(28)} median ${quantile(values, 0.5).toFixed(0)} ms, p95 ${quantile(values, 0.95).toFixed(0)} ms\n`
  process.stdout.write(
    `${ROUNDS} uploads of ${Math.round(picture.length / 1000)} KB, one at a time, Node ${process.version}\n`,
  )
  process.stdout.write(
    line(
      'PUT to its answer',
      times.map((t) => t.answer),
    ),
  )
  process.stdout.write(
    line(
      'answer to ready',
      times.map((t) => t.ready),
    ),
  )
}
