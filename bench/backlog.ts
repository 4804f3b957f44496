import { randomBytes } from 'node:crypto'
import { makeRevision, REVISION_RANDOM_BYTES } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { Uploads } from '@visage/shared/db/uploads'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { createLogger } from '@visage/shared/log/logger'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import pMap from 'p-map'
import { sweep } from '../apps/worker/src/maintenance/sweep.ts'
import { asUploadId, asUserId } from '../test/support/domain/brands.ts'
import { unscraped } from '../test/support/domain/metrics.ts'
import { tiny } from '../test/support/pictures/tiny.ts'
import type { World } from '../test/support/world/world.ts'
import { picturesToSend, targetOf } from './accept/uploads.ts'
import { type Load, load } from './support/load.ts'
import type { Effort, Part, Report } from './support/part.ts'
import { quantile } from './support/quantile.ts'
import { onServers, type Servers } from './support/service.ts'

const PLAN = {
  quick: { waiting: [0, 100, 1000], rounds: 1, round: 500 },
  full: { waiting: [0, 10_000, 100_000], rounds: 9, round: 2000 },
}

/** Raw objects or jobs that are created concurrently. */
const CONCURRENCY = 32

/** p99 with the longest backlog, relative to none; Redis bytes per job. */
const BOUNDS = { p99: 1.2, bytes: 1024 }

export const part: Part = {
  what: 'effects of a backlog on accepting, on the memory of Redis and on a sweep',
  measure: (effort) =>
    onServers(async (_, servers) => {
      const backlogs: Backlog[] = []
      for (const waiting of PLAN[effort].waiting) backlogs.push(await prepare(servers, waiting))
      await accept(backlogs, effort)
      return report(backlogs)
    }),
}

/** A backlog in its own world. All worlds use the same servers, so that the backlogs can be measured in turns. */
interface Backlog {
  readonly waiting: number
  readonly world: World
  /** Redis memory per job. */
  readonly bytes: number
  /** Milliseconds of one sweep. */
  readonly sweep: number
  readonly loads: Load[]
}

const log = createLogger({ name: 'bench', level: 'silent', format: 'json' })

async function prepare({ anotherWorld }: Servers, waiting: number): Promise<Backlog> {
  const world = await anotherWorld()
  const raw = new RawObjects(world.store)
  const queue = new UploadQueue(world.redis, world.env.QUEUE_PREFIX ?? '', log)
  const picture = await tiny()
  const uploads = Array.from({ length: waiting }, (_, i) => uploadOf(i, picture))
  const bar = new ProgressBar('raw objects and jobs', 2 * waiting)
  await pMap(uploads, (one) => raw.put(one, picture).then(() => bar.step()), {
    concurrency: CONCURRENCY,
  })
  const before = await memory(world)
  await pMap(uploads, (one) => queue.add(one).then(() => bar.step()), { concurrency: CONCURRENCY })
  const bytes = waiting === 0 ? 0 : ((await memory(world)) - before) / waiting
  bar.end()
  const started = performance.now()
  const uploadRows = new Uploads(world.db)
  await sweep(0, { raw, queue, uploads: uploadRows, log, metrics: unscraped.worker })
  return { waiting, world, bytes, sweep: performance.now() - started, loads: [] }
}

function uploadOf(index: number, picture: Buffer): Upload {
  const acceptedAt = new Date()
  return {
    id: asUploadId(makeRevision(acceptedAt.getTime(), randomBytes(REVISION_RANDOM_BYTES))),
    userId: asUserId(`user-${index}`),
    bytes: picture.length,
    format: 'png',
    acceptedAt,
    correlationId: crypto.randomUUID(),
  }
}

async function memory({ redis }: World): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
}

/** Measures the backlogs in turns. The first round is a warm-up. */
async function accept(backlogs: readonly Backlog[], effort: Effort): Promise<void> {
  const { rounds, round } = PLAN[effort]
  const [body] = await picturesToSend()
  if (!body) return
  const apis = await Promise.all(backlogs.map(({ world }) => world.startApiProcess()))
  const bar = new ProgressBar('rounds', (rounds + 1) * backlogs.length)
  for (let i = 0; i <= rounds; i++) {
    for (const [index, { loads }] of backlogs.entries()) {
      const one = await load(targetOf(apis[index]?.port ?? 0, body.bytes), round)
      if (i > 0) loads.push(one)
      bar.step()
    }
  }
  bar.end()
}

function report(backlogs: readonly Backlog[]): Report {
  const p99 = ({ loads }: Backlog) =>
    quantile(
      loads.map(({ times }) => quantile(times, 0.99)),
      0.5,
    )
  const rows = backlogs.map((backlog) => ({
    'waiting jobs': backlog.waiting,
    'accepted per second': quantile(
      backlog.loads.map(({ rate }) => rate),
      0.5,
    ),
    'accept p99 ms': p99(backlog),
    'Redis bytes per job': backlog.bytes,
    'sweep, ms': backlog.sweep,
  }))
  const [none, longest] = [backlogs[0], backlogs.at(-1)]
  if (!none || !longest) throw new Error('No backlog was measured')
  return {
    tables: [{ title: 'Pictures of 200 KB, 32 clients, no worker', rows }],
    targets: [
      {
        what: `accept p99 with ${longest.waiting} jobs, relative to none,`,
        value: p99(longest) / p99(none),
        sense: 'at most',
        bound: BOUNDS.p99,
      },
      { what: 'Redis bytes per job', value: longest.bytes, sense: 'at most', bound: BOUNDS.bytes },
    ],
  }
}
