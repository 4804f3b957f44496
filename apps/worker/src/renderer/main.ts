import { Rejection } from '@visage/shared/errors/app-error'
import { prepareEngine } from '../image/engine.ts'
import { render } from '../image/render.ts'
import { Stopwatch } from '../image/stopwatch.ts'
import { exceededLimit } from './exceeded-limit.ts'
import type {
  RenderCost,
  RendererMessage,
  RendererSetup,
  RenderReply,
  RenderRequest,
} from './messages.ts'

/** Milliseconds between two looks at what a picture has cost so far. */
const WATCH = 50

const KIB = 1024

const { recipe, limits } = JSON.parse(process.argv[2] ?? '') as RendererSetup

// Who stops the worker may signal all of its processes: the worker answers, and then ends this one.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
// The worker is gone. An exit would wait for the picture that is being decoded.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('message', (order: RenderRequest) => void serve(order))

prepareEngine(limits.accept)
say({ ready: true })

async function serve(order: RenderRequest): Promise<void> {
  const before = process.cpuUsage()
  const watch = setInterval(() => {
    const exceeded = exceededLimit(process.cpuUsage(before), process.memoryUsage.rss(), limits)
    if (exceeded) say({ exceeded })
  }, WATCH)
  const stopwatch = new Stopwatch()
  const answer = await answerTo(order, stopwatch)
  clearInterval(watch)
  say({ ...answer, cost: costOf(stopwatch) })
}

async function answerTo(
  { bytes, framing }: RenderRequest,
  stopwatch: Stopwatch,
): Promise<RenderReply> {
  try {
    return { rendered: await render(bytes, recipe, limits, framing, stopwatch) }
  } catch (error) {
    if (!(error instanceof Rejection)) return { failed: String(error) }
    return { rejected: { reason: error.reason, msg: error.message } }
  }
}

function costOf({ seconds }: Stopwatch): RenderCost {
  const memory = process.memoryUsage.rss()
  return { seconds, memory, peak: process.resourceUsage().maxRSS * KIB }
}

function say(message: RendererMessage): void {
  process.send?.(message)
}
