import { recipe } from '@visage/shared/avatar/recipe'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'

/** Message from the parent. This process renders the pictures in turn and sends its memory in MiB after each one. */
interface RenderCommand {
  readonly pictures: readonly Uint8Array[]
  readonly count: number
}

prepareEngine()
process.once('message', async ({ pictures, count }: RenderCommand) => {
  const files = pictures.map((bytes) => Buffer.from(bytes))
  for (let i = 0; i < count; i++) {
    await render(files[i % files.length] as Buffer, recipe, limits)
    process.send?.(process.memoryUsage.rss() / 1024 ** 2)
  }
  process.disconnect?.()
})
