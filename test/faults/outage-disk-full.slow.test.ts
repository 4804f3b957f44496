import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { putOnSmallDisk, type SmallDisk } from '../support/faults/outage-disk.ts'
import { tryPut, tryReset } from '../support/faults/outage-put.ts'
import { uploadUntilShown, waitForOutcomesWithoutCrash } from '../support/faults/outage-state.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { avatarPath } from '../support/http/http.ts'
import { tiny, whole } from '../support/pictures/tiny.ts'
import { pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

/** Milliseconds: the default of S3_TIMEOUT. */
const SOON = 5000

faultCase(
  {
    fault: 'disk full at the object store',
    holds: 'PUT answers 50004, and accepted uploads wait for space',
  },
  async (trial) => {
    const disk = await putOnSmallDisk(trial.servers)
    process.stdout.write(`disk full: made with ${disk.kind}\n`)
    await trial.startApi(disk.env)
    await trial.startHookWorker({ env: disk.env })
    const before = await uploadUntilShown(trial, 'ada', await tiny(1))
    await fillBeforePublishing(disk, trial)

    const put = async () => tryPut(trial, 'ben', await whole())
    const { json } = await stopwatch.time('PUT while the disk is full', SOON, put)
    expect(json).toMatchObject({ code: 50004 })
    expect((await tryReset(trial, 'cleo')).json).toMatchObject({ code: 0 })
    expect(await trial.client.get(avatarPath('ada'))).toMatchObject({ status: 200 })
    expect(await pictureRow(trial.world, 'ada')).toEqual(before)
    expect(await pictureRow(trial.world, 'ben')).toBeUndefined()

    disk.free()
    trial.startRecovery()
    await waitForOutcomesWithoutCrash(trial)
    await uploadUntilShown(trial, 'ben', await whole())
  },
)

/** Fills the disk while a worker publishes an accepted upload. */
async function fillBeforePublishing(disk: SmallDisk, trial: Trial): Promise<void> {
  const third = trial.gates.hold({ step: 'publish', nth: 3, at: 'before' })
  const upload = await trial.upload('ada', await whole(2))
  await third.reached()
  disk.fill()
  third.release()
  const attempts = () =>
    trial.gates.count({ step: 'begin', at: 'before', upload: asRevision(upload) })
  await eventually('more attempts', 20_000, async () => attempts() >= 3)
}
