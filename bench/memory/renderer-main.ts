import { recipe } from '@visage/shared/avatar/recipe'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'

/** Renders what it is sent, over and over, and says after each picture how many MiB it holds. */
interface Order {
  readonly pictures: readonly Uint8Array[]
  readonly count: number
}

prepareEngine()
process.once('message', async ({ pictures, count }: Order) => {
  const files = pictures.map((bytes) => Buffer.from(bytes))
  for (let i = 0; i < count; i++) {
    await render(files[i % files.length] as Buffer, recipe, limits)
    process.send?.(process.memoryUsage.rss() / 1024 ** 2)
  }
  process.disconnect?.()
})
