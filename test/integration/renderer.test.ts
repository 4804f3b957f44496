import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Recipe, recipe } from '@visage/shared/avatar/recipe'
import { Rejection } from '@visage/shared/errors/app-error'
import { childrenOf } from '@visage/stack/os'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import type { RendererSetup } from '../../apps/worker/src/renderer/messages.ts'
import { CrashError } from '../../apps/worker/src/renderer/renderer.ts'
import { Renderers } from '../../apps/worker/src/renderer/renderers.ts'
import { eventually } from '../support/domain/eventually.ts'
import { unscraped } from '../support/domain/metrics.ts'
import { photo } from '../support/pictures/photo.ts'

const built = new URL('../../apps/worker/dist/renderer/main.js', import.meta.url)
const dir = temporaryFolder()
const started: Renderers[] = []

const jpeg = await photo({ width: 96, height: 64 })
const larger = await photo({ width: 600, height: 600 })

/** Recipe that takes seconds of CPU time, so that a limit applies before the render ends. */
const costly: Recipe = {
  ...recipe,
  formats: ['avif'],
  encoding: { ...recipe.encoding, avif: { quality: 55, effort: 9 } },
}

const { execArgv } = process
/** Removes the import conditions of the test runner, which resolve to source. A renderer needs the built code. */
beforeAll(() => {
  process.execArgv = []
})
afterAll(() => {
  process.execArgv = execArgv
})
afterEach(async () => {
  for (const renderers of started.splice(0)) renderers.stop()
  await eventually('no process is left', 5000, async () => running().length === 0)
})
afterAll(() => removeServersFolder(dir))

const running = () => childrenOf(process.pid).filter((pid) => !others.has(pid))
const others = new Set(childrenOf(process.pid))

interface Pool extends Partial<Omit<RendererSetup, 'limits'>> {
  readonly limits?: Partial<RendererSetup['limits']>
  readonly main?: URL
  readonly concurrency?: number
  readonly life?: number
}

function renderers({
  limits: less,
  main = built,
  concurrency = 2,
  life,
  ...more
}: Pool = {}): Renderers {
  const setup = { recipe, ...more, limits: { ...limits, ...less } }
  const pool = new Renderers(setup, concurrency, unscraped.worker, main, life)
  started.push(pool)
  return pool
}

/** Writes a program that replaces the renderer. */
function program(name: string, source: string): URL {
  const path = join(dir, `${name}.mjs`)
  writeFileSync(path, source)
  return pathToFileURL(path)
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const dies = "process.kill(process.pid, 'SIGKILL')"
const ready = 'process.send({ ready: true })'

describe('a render process', () => {
  test('renders the same bytes as this process, with the requested framing', async () => {
    const framing = { crop: { x: 8, y: 0, width: 32, height: 32 } }
    expect(await renderers().render(jpeg, framing)).toEqual(
      await render(jpeg, recipe, limits, framing),
    )
  })

  test('renders several pictures one after the other', async () => {
    const pool = renderers()
    for (let i = 0; i < 3; i++) await pool.render(jpeg)
    expect(running()).toHaveLength(1)
    await Promise.all([pool.render(jpeg), pool.render(jpeg)])
    expect(running()).toHaveLength(2)
  })

  test('renders alone with a concurrency of one, and other pictures wait in order', async () => {
    const pool = renderers({ concurrency: 1 })
    const ended: number[] = []
    const all = [larger, jpeg, jpeg].map((bytes, i) => pool.render(bytes).then(() => ended.push(i)))
    await Promise.all(all)
    expect(ended).toEqual([0, 1, 2])
    expect(running()).toHaveLength(1)
  })

  test('is replaced after a number of pictures, and every picture is rendered', async () => {
    const pool = renderers({ concurrency: 1, life: 2 })
    const pids: (number | undefined)[] = []
    for (let i = 0; i < 5; i++) {
      const rendering = pool.render(jpeg)
      await eventually('it renders', 5000, async () => running().length === 1)
      pids.push(running()[0])
      await rendering
      await eventually('an old one is gone', 5000, async () => running().length === (i % 2 ? 0 : 1))
    }
    expect(pids[0]).toBe(pids[1])
    expect(pids[2]).toBe(pids[3])
    expect(new Set(pids).size).toBe(3)
  })

  test('leaves no reference to a returned picture in this process', async () => {
    const pool = renderers()
    const handedBack = new WeakRef((await pool.render(jpeg)).variants)
    await pool.render(jpeg)
    await eventually('it is let go of', 5000, async () => {
      collectGarbage()
      return handedBack.deref() === undefined
    })
  })

  test('returns the reason of a rejection unchanged and continues', async () => {
    const pool = renderers({ limits: { side: 64 } })
    const error = await pool.render(jpeg).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(Rejection)
    expect(error).toMatchObject({ reason: 'too_many_pixels', message: /64/ })
    const [pid] = running()
    await pool.render(await photo({ width: 64, height: 64 }))
    expect(running()).toEqual([pid])
  })

  test.each([
    ['CPU time', { seconds: 0.05 }, 'timed_out'],
    ['memory', { memory: 1024 ** 2 }, 'too_large_decoded'],
  ] as const)(
    'is killed above its limit of %s, and the next picture is rendered',
    async (_, less, reason) => {
      // Long timeout, so that on a busy machine only the CPU limit applies.
      const pool = renderers({ limits: less, recipe: costly, timeout: 60_000 })
      await expect(pool.render(larger)).rejects.toMatchObject({ reason })
      await expect(pool.render(larger)).rejects.toMatchObject({ reason })
      expect(running().length).toBeLessThanOrEqual(1)
    },
  )

  test('that a picture kills counts as a crash of the picture, and the next one is rendered', async () => {
    const once = `import { existsSync, writeFileSync } from 'node:fs'
      const mark = ${JSON.stringify(join(dir, 'crashed'))}
      process.on('message', () => { if (existsSync(mark)) return process.send({ failed: 'served' }); writeFileSync(mark, ''); ${dies} })
      ${ready}`
    const pool = renderers({ main: program('once', once) })
    await expect(pool.render(jpeg)).rejects.toThrow(CrashError)
    await expect(pool.render(jpeg)).rejects.toThrow('served')
  })

  test('that exits while it receives its picture does not affect others', async () => {
    const deaf = `${ready}; setTimeout(() => ${dies}, 0)`
    const pool = renderers({ main: program('deaf', deaf) })
    await expect(pool.render(Buffer.alloc(16 * 1024 ** 2))).rejects.toThrow(CrashError)
  })

  test('that hangs is killed and counts as a crash', async () => {
    const pool = renderers({
      limits: { seconds: 0.01 },
      main: program('waits', `setInterval(() => {}, 1000); ${ready}`),
    })
    await expect(pool.render(jpeg)).rejects.toThrow(CrashError)
  })

  test.each([
    ['ends at once', dies],
    ['gives up', 'process.exit(1)'],
  ])('that %s before it has a picture is no fault of the picture’s', async (name, source) => {
    const error = await renderers({ main: program(name, source) })
      .render(jpeg)
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ message: 'Renderer did not start' })
    expect(error).not.toBeInstanceOf(CrashError)
  })

  test('that cannot start is not counted as a crash and does not affect others', async () => {
    const { execPath } = process
    process.execPath = join(dir, 'nowhere')
    const error = await renderers()
      .render(jpeg)
      .catch((thrown) => thrown)
    process.execPath = execPath
    expect(error).toMatchObject({ message: 'Renderer did not start', cause: { code: 'ENOENT' } })
  })

  test('gets no password of the worker, and gets the settings of its allocator', async () => {
    const sender = program(
      'sender',
      `process.on('message', () => process.send({ failed: JSON.stringify(process.env) })); ${ready}`,
    )
    vi.stubEnv('S3_SECRET_KEY', 'hunter2')
    vi.stubEnv('MALLOC_TRIM_THRESHOLD_', '100000')
    const { message } = await renderers({ main: sender })
      .render(jpeg)
      .catch((error) => error)
    vi.unstubAllEnvs()
    expect(message).not.toContain('hunter2')
    expect(JSON.parse(message)).toMatchObject({
      MALLOC_ARENA_MAX: '2',
      MALLOC_TRIM_THRESHOLD_: '100000',
    })
  })

  test('survives a signal to all processes of the worker and exits at a stop', async () => {
    const pool = renderers()
    await pool.render(jpeg)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      for (const pid of running()) process.kill(pid, signal)
    const [pid] = running()
    await pool.render(jpeg)
    expect(running()).toEqual([pid])
    const last = pool.render(larger)
    pool.stop()
    await last
    await eventually('it is gone', 5000, async () => running().length === 0)
  })
})
