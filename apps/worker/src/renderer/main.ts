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

/** Milliseconds between two checks of the limits. */
const CHECK_INTERVAL = 50

const KIB = 1024

const { recipe, limits } = JSON.parse(process.argv[2] ?? '') as RendererSetup

// A signal to the process group also reaches this process. Only the worker may end it, after the current picture.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
// The worker has exited. `process.exit` would wait until the current picture is decoded, so SIGKILL ends the process.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('message', (request: RenderRequest) => void serve(request))

prepareEngine(limits.accept)
send({ ready: true })

async function serve(request: RenderRequest): Promise<void> {
  const before = process.cpuUsage()
  const timer = setInterval(() => {
    const exceeded = exceededLimit(process.cpuUsage(before), process.memoryUsage.rss(), limits)
    if (exceeded) send({ exceeded })
  }, CHECK_INTERVAL)
  const stopwatch = new Stopwatch()
  const reply = await replyTo(request, stopwatch)
  clearInterval(timer)
  send({ ...reply, cost: costOf(stopwatch) })
}

async function replyTo(
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

function send(message: RendererMessage): void {
  process.send?.(message)
}
