import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { type OutageName, proxyServer, serverOutages } from '../support/faults/outage-server.ts'
import { uploadUntilShown, waitForOutcomesWithoutCrash } from '../support/faults/outage-state.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { TrapSettings } from '../support/faults/trap.ts'
import type { Trial } from '../support/faults/trial.ts'
import { avatarPath } from '../support/http/http.ts'
import { tiny, whole } from '../support/pictures/tiny.ts'
import { recordLog } from '../support/world/app-log.ts'

const log = recordLog('apps')
const faultCase = faultSuite()
const stopwatch = new Stopwatch()

/** Maximum milliseconds of an answer while Postgres is unavailable. */
const SOON = 5000

for (const outage of Object.keys(serverOutages) as OutageName[])
  faultCase(
    {
      fault: `Postgres ${outage} at commit`,
      holds: 'jobs wait until Postgres is back, and no crash is recorded',
    },
    (trial) => failAtCommit(outage, trial),
  )

async function failAtCommit(outage: OutageName, trial: Trial): Promise<void> {
  const proxied = await proxyServer('postgres', trial)
  await trial.startApi(proxied.env)
  await trial.startHookWorker({ env: proxied.env })
  const commit = trial.gates.hold({ step: 'commit', at: 'before' })
  const users = ['ada', 'ben', 'cleo', 'dora']
  const pictures = users.map(async (user) => trial.upload(user, await tiny()))
  await Promise.all(pictures)
  await commit.reached(users.length)

  await serverOutages[outage].begin(proxied)
  commit.release()
  const attempts = () => trial.gates.count({ step: 'begin', at: 'before' })
  await eventually('two more attempts each', 20_000, async () => attempts() >= 3 * users.length)
  await serverOutages[outage].end(proxied)
  trial.startRecovery()
  await waitForOutcomesWithoutCrash(trial)
}

const answers: readonly (TrapSettings & { readonly to: string; readonly times: number })[] = [
  { to: 'a begin', on: 'overtaken', from: 'server', effect: 'reset', times: 4 },
  { to: 'a commit', on: 'COMMIT', from: 'server', effect: 'reset', times: 1 },
  { to: 'a commit', on: 'COMMIT;', effect: 'mute', times: 1 },
]

for (const { to, ...trap } of answers)
  faultCase(
    { fault: `the answer to ${to} is lost`, holds: 'one outcome and no crash are recorded' },
    async (trial) => {
      const { proxy, env } = await trial.link('postgres')
      await trial.startApi()
      await trial.startWorker(env)
      trial.times = trap.times
      const { sprung } = proxy.trap(trap)
      await trial.upload('ada', await whole())
      await sprung
      trial.startRecovery()
      await waitForOutcomesWithoutCrash(trial)
    },
  )

faultCase(
  {
    fault: 'Postgres is frozen for many attempts',
    holds: 'an upload whose attempts fail meanwhile is not rejected',
  },
  async (trial) => {
    await trial.startApi()
    await trial.startHookWorker({ concurrency: 8 })
    await openConnections(8, trial)
    trial.servers.postgres.freeze()
    const upload = await trial.upload('ada', await tiny())
    const attempts = () =>
      trial.gates.count({ step: 'begin', at: 'before', upload: asRevision(upload) })
    await eventually('more attempts than the limit', 60_000, async () => attempts() >= 5)
    trial.servers.postgres.thaw()
    trial.startRecovery()
    await waitForOutcomesWithoutCrash(trial)
  },
)

/** Makes the worker open `count` connections: `count` uploads begin at the same time. */
async function openConnections(count: number, trial: Trial): Promise<void> {
  const begin = trial.gates.hold({ step: 'begin', at: 'before' })
  const picture = await tiny()
  const users = Array.from({ length: count }, (_, i) => `user-${i}`)
  await Promise.all(users.map((user) => trial.upload(user, picture)))
  await begin.reached(count)
  begin.release()
  await waitForOutcomesWithoutCrash(trial)
}

faultCase(
  {
    fault: 'Postgres is frozen while many read',
    holds: 'each request is answered within the timeout',
  },
  async (trial) => {
    await trial.startApi()
    await trial.startWorker()
    await uploadUntilShown(trial, 'ada', await tiny())
    trial.times = 40
    const readers = Array.from({ length: trial.times }, () => avatarPath('ada'))
    const read = () => Promise.all(readers.map((path) => trial.client.get(path)))
    expect((await read()).map(({ status }) => status)).toEqual(readers.map(() => 200))
    trial.servers.postgres.freeze()
    const replies = await stopwatch.time('40 GETs while Postgres is frozen', SOON, read)
    expect(replies.map(({ status }) => status)).toEqual(readers.map(() => 503))
    trial.servers.postgres.thaw()
    trial.startRecovery()
    expect((await read()).map(({ status }) => status)).toEqual(readers.map(() => 200))
  },
)

/** Like a failover in which the old host disappears without closing its connections. */
faultCase(
  { fault: 'a connection to Postgres falls silent', holds: 'the apps open another one' },
  async (trial) => {
    const { proxy, env } = await trial.link('postgres')
    await Promise.all([trial.startApi(env), trial.startWorker(env)])
    await uploadUntilShown(trial, 'ada', await tiny())
    trial.times = 2
    proxy.trap({ on: 'from avatars where avatars.user_id = asked', effect: 'mute' })
    const read = () => trial.client.get(avatarPath('ada'))
    const silent = 'GET over a silent connection'
    expect(await stopwatch.time(silent, SOON, read)).toMatchObject({ status: 503 })
    expect(await read()).toMatchObject({ status: 200 })
    proxy.trap({ on: 'insert into uploads', effect: 'mute' })
    trial.startRecovery()
    await uploadUntilShown(trial, 'ada', await tiny())
  },
)

faultCase({ fault: 'Postgres is killed', holds: 'every log line is JSON' }, async (trial) => {
  await Promise.all([trial.startApi(), trial.startWorker()])
  await uploadUntilShown(trial, 'ada', await tiny())
  await trial.servers.postgres.kill()
  expect(await trial.client.get(avatarPath('ada'))).toMatchObject({ status: 503 })
  await trial.upload('ada', await tiny())
  await log.line({ msg: 'Job failed; retrying' })
  await trial.servers.postgres.start()
  trial.startRecovery()
  expect(() => log.lines()).not.toThrow()
})
