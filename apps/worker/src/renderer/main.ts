import { Rejection } from '@visage/shared/errors/app-error'
import { prepareEngine } from '../image/engine.ts'
import { render } from '../image/render.ts'
import type { Message, Order, Setup } from './messages.ts'
import { overspent } from './overspent.ts'

/** Milliseconds between two looks at what a picture has cost so far. */
const WATCH = 50

const { recipe, limits } = JSON.parse(process.argv[2] ?? '') as Setup

// Who stops the worker may signal all of its processes: the worker answers, and then ends this one.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
// The worker is gone. An exit would wait for the picture that is being decoded.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('message', (order: Order) => void serve(order))

prepareEngine(limits.accept)
say({ ready: true })

async function serve(order: Order): Promise<void> {
  const before = process.cpuUsage()
  const watch = setInterval(() => {
    const exceeded = overspent(process.cpuUsage(before), process.memoryUsage.rss(), limits)
    if (exceeded) say({ exceeded })
  }, WATCH)
  const answer = await answerTo(order)
  clearInterval(watch)
  say(answer)
}

async function answerTo({ bytes, framing }: Order): Promise<Message> {
  try {
    return { rendered: await render(bytes, recipe, limits, framing) }
  } catch (error) {
    if (!(error instanceof Rejection)) return { failed: String(error) }
    return { rejected: { reason: error.reason, msg: error.message } }
  }
}

function say(message: Message): void {
  process.send?.(message)
}
