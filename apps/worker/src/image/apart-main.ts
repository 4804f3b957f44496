import { parseFraming } from '@visage/shared/avatar/framing'
import { recipe } from '@visage/shared/avatar/recipe'
import { Rejection } from '@visage/shared/errors/app-error'
import { prepareEngine } from './engine.ts'
import { limits } from './limits.ts'
import { render } from './render.ts'
import type { Answer } from './render-apart.ts'

/** A process that renders the one picture it is sent, says what came of it, and is then ended. */
prepareEngine()
process.once('message', async (bytes: Uint8Array) => {
  process.send?.(await answerTo(Buffer.from(bytes)))
})
process.once('disconnect', () => process.exit())
// A signal to the whole group is the worker's to answer: a renderer that it ended would look like a crash.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {})

async function answerTo(bytes: Buffer): Promise<Answer> {
  try {
    return { rendered: await render(bytes, recipe, limits, parseFraming(process.argv[2])) }
  } catch (error) {
    if (!(error instanceof Rejection)) return { failed: String(error) }
    return { rejected: { reason: error.reason, msg: error.message } }
  }
}
