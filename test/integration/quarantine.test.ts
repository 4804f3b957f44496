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
import { accept, connectParts, type Parts } from '../support/world/maintenance-parts.ts'
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
let parts: Parts
let jpeg: Buffer

beforeAll(async () => {
  parts = await connectParts(world)
  jpeg = await photo({ width: 96, height: 64 })
})
afterAll(async () => {
  await parts.close()
  removeServersFolder(dir)
})

/** A worker's steps, in this process. */
function steps(): UploadDependencies {
  const { raw, store, uploads } = parts
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

/** The same, where the picture ends whatever renders it. */
function deadlySteps(): UploadDependencies {
  return { ...steps(), render: () => Promise.reject(new CrashError('the renderer ended')) }
}

/** The same, where the picture ends a real process. */
function killingSteps(): UploadDependencies {
  return { ...steps(), render: (bytes) => dying.render(bytes) }
}

type Part = UploadDependencies['uploads'] | UploadDependencies['raw']

/** The same part as a plain object, of which a test may replace a method. */
function delegate<T extends Part>(part: T): T {
  const names = [
    ...['beginAttempt', 'find', 'recordVerdict', 'commitPicture', 'recordAttemptEnd'],
    ...['recordCrash', 'get', 'remove', 'quarantine'],
  ]
  const methods = part as unknown as Record<string, (...args: unknown[]) => unknown>
  const own = names.map((name) => [name, (...args: unknown[]) => methods[name]?.(...args)])
  return Object.fromEntries(own)
}

const attempt = (upload: Upload, using: UploadDependencies) => processUpload(upload, using, silent)

/** As many starts as a picture gets. */
async function crash(upload: Upload, using = deadlySteps): Promise<void> {
  for (let crashes = 1; crashes <= ATTEMPT_LIMITS.crashes; crashes++) {
    await expect(attempt(upload, using())).rejects.toThrow(CrashError)
    const row = () => receiptRow(world, upload.id)
    await eventually('it is blamed', 5000, async () => (await row())?.crashes.length === crashes)
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

describe('a picture that ends every process that renders it', () => {
  test('is started three times, then rejected, and kept with all that is known of it', async () => {
    const upload = await accept(parts, jpeg)
    const before = await world.store.stat(rawKey(upload.id))
    await crash(upload, killingSteps)
    expect(await receiptRow(world, upload.id)).toMatchObject({ state: 'processing' })
    expect(await attempt(upload, killingSteps())).toBe('rejected')
    await expectQuarantined(upload)
    expect(await world.store.stat(quarantineKey(upload.id))).toEqual(before)
  })

  test('leaves the user’s picture as it is, and the next one is taken', async () => {
    const shown = await accept(parts, jpeg, 3000, 'carol')
    expect(await attempt(shown, steps())).toBe('ready')
    const poison = await accept(parts, jpeg, 2000, 'carol')
    await crash(poison)
    await attempt(poison, deadlySteps())
    expect(await pictureRow(world, 'carol')).toMatchObject({ revision: shown.id })
    const next = await accept(parts, jpeg, 1000, 'carol')
    expect(await attempt(next, steps())).toBe('ready')
    expect(await pictureRow(world, 'carol')).toMatchObject({ revision: next.id })
  })

  test('and is delivered once more after its verdict stays rejected', async () => {
    const upload = await accept(parts, jpeg)
    await crash(upload)
    await attempt(upload, deadlySteps())
    expect(await attempt(upload, steps())).toBe('rejected')
    await expectQuarantined(upload)
  })
})

type Method = (...args: unknown[]) => Promise<unknown>

const away = new Error('away')

/** Steps of which one fails, once, before or after it was done. */
function failingOnce(
  name: 'quarantine' | 'recordVerdict' | 'remove',
  done: boolean,
): UploadDependencies {
  const using = deadlySteps()
  const part = (name === 'recordVerdict' ? using.uploads : using.raw) as unknown as Record<
    string,
    Method
  >
  const method = part[name] as Method
  part[name] = async (...args) => {
    part[name] = method
    if (done) await method(...args)
    throw away
  }
  return using
}

describe('giving up can be repeated from', () => {
  test.each([
    ['its bytes being put aside', 'quarantine'],
    ['its verdict', 'recordVerdict'],
    ['the removal of the raw object', 'remove'],
  ] as const)('%s', async (_, step) => {
    for (const done of [false, true]) {
      const upload = await accept(parts, jpeg)
      await crash(upload)
      const using = failingOnce(step, done)
      await expect(attempt(upload, using)).rejects.toBe(away)
      expect(await attempt(upload, using)).toBe('rejected')
      await expectQuarantined(upload)
    }
  })
})

test('trouble of ours is no start of the picture’s, however often it comes', async () => {
  const upload = await accept(parts, jpeg)
  const using = steps()
  let released = 0
  using.uploads.recordAttemptEnd = async (...args) => {
    await parts.uploads.recordAttemptEnd(...args)
    released++
  }
  const store = { put: () => Promise.reject(away) }
  for (let times = 1; times <= 2 * ATTEMPT_LIMITS.crashes; times++) {
    await expect(attempt(upload, { ...using, store })).rejects.toBe(away)
    await eventually('the start is taken back', 5000, async () => released === times)
  }
  expect(await attempt(upload, steps())).toBe('ready')
})
