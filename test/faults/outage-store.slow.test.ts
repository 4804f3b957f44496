import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { tryPut } from '../support/faults/outage-put.ts'
import { uploadUntilShown, waitForOutcomesWithoutCrash } from '../support/faults/outage-state.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { type StoreFaultName, storeFaults } from '../support/faults/outage-store.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { avatarPath } from '../support/http/http.ts'
import { whole } from '../support/pictures/tiny.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

/** Maximum milliseconds of an answer: the default of S3_TIMEOUT plus the rest of the request. */
const SOON = 5000 + 1500

for (const what of Object.keys(storeFaults) as StoreFaultName[]) {
  faultCase(
    {
      fault: `object store ${what} at accept`,
      holds: 'the API answers 50004 and 503 and accepts nothing',
    },
    (trial) => failAtAccept(what, trial),
  )
  faultCase(
    {
      fault: `object store ${what} at fetch and variant`,
      holds: 'the old picture is shown until the new one is ready',
    },
    (trial) => failAtWork(what, trial),
  )
}

async function failAtAccept(what: StoreFaultName, trial: Trial): Promise<void> {
  const store = await storeFaults[what].open(trial)
  await trial.startApi(store.env)
  await trial.startWorker()
  const before = await uploadUntilShown(trial, 'ada', await whole(1))
  const tag = (await trial.client.get(avatarPath('ada'))).headers.get('etag') ?? ''

  await store.fail()
  trial.times = 2
  for (let i = 0; i < trial.times; i++) {
    const put = async () => tryPut(trial, 'ada', await whole(2))
    const { json } = await stopwatch.time(`PUT while the object store ${what}`, SOON, put)
    expect(json).toMatchObject({ code: 50004 })
  }
  await expectPictures(503, tag, trial)
  await store.heal()
  trial.startRecovery()
  if (storeFaults[what].dropsRequests) {
    expect(await keysIn(trial.world, 'raw/')).toEqual([])
    expect(await pictureRow(trial.world, 'ada')).toEqual(before)
  }
  await expectPictures(200, tag, trial)
  await trial.upload('ada', await whole(3))
}

/** Checks that the API serves a whole picture or 503, and answers a known tag with 304 without the store. */
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
    await uploadUntilShown(trial, 'ada', await whole(1)),
    await uploadUntilShown(trial, 'ben', await whole(1)),
  ]

  const publishing = await stopBeforeStep(trial, 'ben', { step: 'publish', nth: 3 })
  const fetching = await stopBeforeStep(trial, 'ada', { step: 'fetch' })
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
  trial.startRecovery()
  await waitForOutcomesWithoutCrash(trial)
}

/** Accepts an upload of the user and stops a worker right before this step of it. */
async function stopBeforeStep(
  trial: Trial,
  user: string,
  where: { step: 'fetch' | 'publish'; nth?: number },
) {
  const hold = trial.gates.hold({ ...where, at: 'before' })
  const upload = await trial.upload(user, await whole(2))
  await hold.reached()
  return {
    release: () => hold.release(),
    attempts: () => trial.gates.count({ step: 'begin', at: 'before', upload: asRevision(upload) }),
  }
}
