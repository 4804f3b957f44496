import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { offer } from '../support/faults/outage-offer.ts'
import { nobodyIsBlamed, show } from '../support/faults/outage-state.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { type StoreFaultName, storeFaults } from '../support/faults/outage-store.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { avatarPath } from '../support/http/http.ts'
import { whole } from '../support/pictures/tiny.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

/** S3_TIMEOUT's default, and the rest of the answer. */
const SOON = 5000 + 1500

for (const what of Object.keys(storeFaults) as StoreFaultName[]) {
  faultCase(
    { fault: `object store ${what} at accept`, holds: '50004 and 503, and nothing is taken' },
    (trial) => failAtAccept(what, trial),
  )
  faultCase(
    { fault: `object store ${what} at fetch and variant`, holds: 'the old picture until ready' },
    (trial) => failAtWork(what, trial),
  )
}

async function failAtAccept(what: StoreFaultName, trial: Trial): Promise<void> {
  const store = await storeFaults[what].open(trial)
  await trial.startApi(store.env)
  await trial.startWorker()
  const before = await show(trial, 'ada', await whole(1))
  const tag = (await trial.client.get(avatarPath('ada'))).headers.get('etag') ?? ''

  await store.fail()
  trial.times = 2
  for (let i = 0; i < trial.times; i++) {
    const put = async () => offer(trial, 'ada', await whole(2))
    const { json } = await stopwatch.time(`PUT while the object store ${what}`, SOON, put)
    expect(json).toMatchObject({ code: 50004 })
  }
  await expectPictures(503, tag, trial)
  await store.heal()
  trial.broke()
  if (storeFaults[what].forgets) {
    expect(await keysIn(trial.world, 'raw/')).toEqual([])
    expect(await pictureRow(trial.world, 'ada')).toEqual(before)
  }
  await expectPictures(200, tag, trial)
  await trial.upload('ada', await whole(3))
}

/** Whole or not at all; and who knows the picture's tag needs no store. */
async function expectPictures(status: 200 | 503, tag: string, { client }: Trial): Promise<void> {
  expect(await client.get(avatarPath('ada'))).toMatchObject({ status })
  const headers = { 'If-None-Match': tag }
  expect(await client.get(avatarPath('ada'), { headers })).toMatchObject({ status: 304 })
}

async function failAtWork(what: StoreFaultName, trial: Trial): Promise<void> {
  const store = await storeFaults[what].open(trial)
  await trial.startApi()
  await trial.startHookWorker({ env: store.env })
  const before = [
    await show(trial, 'ada', await whole(1)),
    await show(trial, 'ben', await whole(1)),
  ]

  const publishing = await stopAt(trial, 'ben', { step: 'put', nth: 3 })
  const fetching = await stopAt(trial, 'ada', { step: 'get' })
  await store.fail()
  fetching.release()
  publishing.release()
  await eventually('two more attempts at each', 20_000, async () =>
    [fetching, publishing].every(({ attempts }) => attempts() >= 3),
  )
  expect([await pictureRow(trial.world, 'ada'), await pictureRow(trial.world, 'ben')]).toEqual(
    before,
  )
  await store.heal()
  trial.broke()
  await nobodyIsBlamed(trial)
}

/** Stops a worker with a new upload of the user's right before this step. */
async function stopAt(trial: Trial, user: string, where: { step: 'get' | 'put'; nth?: number }) {
  const hold = trial.gates.hold({ ...where, at: 'before' })
  const upload = await trial.upload(user, await whole(2))
  await hold.reached()
  return {
    release: () => hold.release(),
    attempts: () => trial.gates.count({ step: 'begin', at: 'before', upload: asRevision(upload) }),
  }
}
