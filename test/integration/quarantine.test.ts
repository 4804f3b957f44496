import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { quarantineKey, rawKey } from '@visage/shared/avatar/keys'
import { recipe } from '@visage/shared/avatar/recipe'
import type { Upload } from '@visage/shared/avatar/upload'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { CrashError } from '../../apps/worker/src/renderer/renderer.ts'
import { Renderers } from '../../apps/worker/src/renderer/renderers.ts'
import {
  ATTEMPT_LIMITS,
  processUpload,
  type UploadDependencies,
} from '../../apps/worker/src/upload/process-upload.ts'
import { eventually } from '../support/domain/eventually.ts'
import { silent } from '../support/domain/log.ts'
import { unscraped } from '../support/domain/metrics.ts'
import { photo } from '../support/pictures/photo.ts'
import {
  accept,
  connectServices,
  type MaintenanceServices,
} from '../support/world/maintenance-services.ts'
import { keysIn, pictureRow, receiptRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const dir = temporaryFolder()
const dies = pathToFileURL(join(dir, 'dies.mjs'))
writeFileSync(
  dies,
  "process.once('message', () => process.kill(process.pid, 'SIGKILL')); process.send({ ready: true })",
)
const dying = new Renderers({ recipe, limits }, 2, unscraped.worker, dies)

const world = useWorld()
let services: MaintenanceServices
let jpeg: Buffer

beforeAll(async () => {
  services = await connectServices(world)
  jpeg = await photo({ width: 96, height: 64 })
})
afterAll(async () => {
  await services.close()
  removeServersFolder(dir)
})

/** Job dependencies in this process. */
function dependencies(): UploadDependencies {
  const { raw, store, uploads } = services
  const renderHere = (bytes: Buffer) => render(bytes, recipe, limits)
  return {
    raw: delegate(raw),
    store,
    uploads: delegate(uploads),
    announcementQueue: undefined,
    keepOriginal: async () => {},
    render: renderHere,
    metrics: unscraped.worker,
  }
}

/** Job dependencies whose renderer crashes with every picture. */
function crashingDependencies(): UploadDependencies {
  return { ...dependencies(), render: () => Promise.reject(new CrashError('the renderer ended')) }
}

/** Job dependencies with a render process that the picture kills. */
function killingDependencies(): UploadDependencies {
  return { ...dependencies(), render: (bytes) => dying.render(bytes) }
}

type Dependency = UploadDependencies['uploads'] | UploadDependencies['raw']

/** Copies the methods of a dependency to a plain object, in which a test can replace one. */
function delegate<T extends Dependency>(dependency: T): T {
  const names = [
    ...['beginAttempt', 'find', 'recordVerdict', 'commitPicture', 'recordAttemptEnd'],
    ...['recordCrash', 'get', 'remove', 'quarantine'],
  ]
  const methods = dependency as unknown as Record<string, (...args: unknown[]) => unknown>
  const own = names.map((name) => [name, (...args: unknown[]) => methods[name]?.(...args)])
  return Object.fromEntries(own)
}

const attempt = (upload: Upload, using: UploadDependencies) => processUpload(upload, using, silent)

/** Runs crashing attempts at the upload up to the limit of crashes. */
async function crash(upload: Upload, using = crashingDependencies): Promise<void> {
  for (let crashes = 1; crashes <= ATTEMPT_LIMITS.crashes; crashes++) {
    await expect(attempt(upload, using())).rejects.toThrow(CrashError)
    const row = () => receiptRow(world, upload.id)
    await eventually(
      'the recorded crash',
      5000,
      async () => (await row())?.crashes.length === crashes,
    )
  }
}

async function expectQuarantined(upload: Upload): Promise<void> {
  expect(await receiptRow(world, upload.id)).toMatchObject({
    state: 'rejected',
    reason: 'unprocessable',
  })
  expect(await world.store.get(quarantineKey(upload.id))).toEqual(jpeg)
  expect(await keysIn(world, rawKey(upload.id))).toEqual([])
}

describe('a picture that kills every render process', () => {
  test('is attempted three times, then rejected and quarantined with its metadata', async () => {
    const upload = await accept(services, jpeg)
    const before = await world.store.stat(rawKey(upload.id))
    await crash(upload, killingDependencies)
    expect(await receiptRow(world, upload.id)).toMatchObject({ state: 'processing' })
    expect(await attempt(upload, killingDependencies())).toBe('rejected')
    await expectQuarantined(upload)
    expect(await world.store.stat(quarantineKey(upload.id))).toEqual(before)
  })

  test('does not change the user’s picture, and the next upload is accepted', async () => {
    const shown = await accept(services, jpeg, 3000, 'carol')
    expect(await attempt(shown, dependencies())).toBe('ready')
    const poison = await accept(services, jpeg, 2000, 'carol')
    await crash(poison)
    await attempt(poison, crashingDependencies())
    expect(await pictureRow(world, 'carol')).toMatchObject({ revision: shown.id })
    const next = await accept(services, jpeg, 1000, 'carol')
    expect(await attempt(next, dependencies())).toBe('ready')
    expect(await pictureRow(world, 'carol')).toMatchObject({ revision: next.id })
  })

  test('stays rejected if its job runs again', async () => {
    const upload = await accept(services, jpeg)
    await crash(upload)
    await attempt(upload, crashingDependencies())
    expect(await attempt(upload, dependencies())).toBe('rejected')
    await expectQuarantined(upload)
  })
})

type Method = (...args: unknown[]) => Promise<unknown>

const unavailable = new Error('unavailable')

/** Job dependencies of which one call fails once, before or after its effect. */
function failingOnce(
  name: 'quarantine' | 'recordVerdict' | 'remove',
  done: boolean,
): UploadDependencies {
  const using = crashingDependencies()
  const part = (name === 'recordVerdict' ? using.uploads : using.raw) as unknown as Record<
    string,
    Method
  >
  const method = part[name] as Method
  part[name] = async (...args) => {
    part[name] = method
    if (done) await method(...args)
    throw unavailable
  }
  return using
}

describe('the rejection as unprocessable can be repeated from', () => {
  test.each([
    ['its bytes being put aside', 'quarantine'],
    ['its verdict', 'recordVerdict'],
    ['the removal of the raw object', 'remove'],
  ] as const)('%s', async (_, step) => {
    for (const done of [false, true]) {
      const upload = await accept(services, jpeg)
      await crash(upload)
      const using = failingOnce(step, done)
      await expect(attempt(upload, using)).rejects.toBe(unavailable)
      expect(await attempt(upload, using)).toBe('rejected')
      await expectQuarantined(upload)
    }
  })
})

test('server failures never count as attempts of the picture', async () => {
  const upload = await accept(services, jpeg)
  const using = dependencies()
  let released = 0
  using.uploads.recordAttemptEnd = async (...args) => {
    await services.uploads.recordAttemptEnd(...args)
    released++
  }
  const store = { put: () => Promise.reject(unavailable) }
  for (let times = 1; times <= 2 * ATTEMPT_LIMITS.crashes; times++) {
    await expect(attempt(upload, { ...using, store })).rejects.toBe(unavailable)
    await eventually('the start is taken back', 5000, async () => released === times)
  }
  expect(await attempt(upload, dependencies())).toBe('ready')
})
