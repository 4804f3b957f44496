import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { putOnSmallDisk, type SmallDisk } from '../support/faults/outage-disk.ts'
import { offer, offerReset } from '../support/faults/outage-offer.ts'
import { nobodyIsBlamed, show } from '../support/faults/outage-state.ts'
import { Stopwatch } from '../support/faults/outage-stopwatch.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { avatarPath } from '../support/http/http.ts'
import { tiny, whole } from '../support/pictures/tiny.ts'
import { pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()
const stopwatch = new Stopwatch()

/** S3_TIMEOUT's default. */
const SOON = 5000

faultCase(
  { fault: 'disk full at the object store', holds: '50004, and what is accepted waits for room' },
  async (trial) => {
    const disk = await putOnSmallDisk(trial.servers)
    process.stdout.write(`disk full: made with ${disk.kind}\n`)
    await trial.startApi(disk.env)
    await trial.startHookWorker({ env: disk.env })
    const before = await show(trial, 'ada', await tiny(1))
    await fillBeforePublishing(disk, trial)

    const put = async () => offer(trial, 'ben', await whole())
    const { json } = await stopwatch.time('PUT while the disk is full', SOON, put)
    expect(json).toMatchObject({ code: 50004 })
    expect((await offerReset(trial, 'cleo')).json).toMatchObject({ code: 0 })
    expect(await trial.client.get(avatarPath('ada'))).toMatchObject({ status: 200 })
    expect(await pictureRow(trial.world, 'ada')).toEqual(before)
    expect(await pictureRow(trial.world, 'ben')).toBeUndefined()

    disk.free()
    trial.broke()
    await nobodyIsBlamed(trial)
    await show(trial, 'ben', await whole())
  },
)

/** The disk is full by the time that the worker comes to publish what was accepted before. */
async function fillBeforePublishing(disk: SmallDisk, trial: Trial): Promise<void> {
  const third = trial.gates.hold({ step: 'put', nth: 3, at: 'before' })
  const upload = await trial.upload('ada', await whole(2))
  await third.reached()
  disk.fill()
  third.release()
  const attempts = () =>
    trial.gates.count({ step: 'begin', at: 'before', upload: asRevision(upload) })
  await eventually('more attempts', 20_000, async () => attempts() >= 3)
}
