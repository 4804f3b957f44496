import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { CENTRED, type Framing, formatFraming } from '@visage/shared/avatar/framing'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Reason } from '@visage/shared/errors/reasons'
import type { Rendered } from './render.ts'

/** What the child says: Buffers travel as bytes, so nothing is encoded. */
export type Answer =
  | { readonly rendered: Rendered }
  | { readonly rejected: { readonly reason: Reason; readonly msg: string } }
  | { readonly failed: string }

/** A picture that was rendered apart took its process with it. */
export class CrashError extends Error {
  override readonly name = 'CrashError'
}

export const APART_MAIN = new URL(`./apart-main${extname(import.meta.url)}`, import.meta.url)

/** How much longer than the picture's own time limit its process may live, in milliseconds. */
const START_UP = 10_000

export interface ApartOptions {
  /** The picture's own time limit. */
  readonly seconds: number
  readonly framing?: Framing | undefined
  /** The program of the process. */
  readonly main?: URL
}

/**
 * Renders in a process of its own, which nothing else shares: whatever the picture does to it, the
 * worker goes on.
 * @throws Rejection, CrashError
 */
export async function renderApart(
  bytes: Buffer,
  { seconds, framing = CENTRED, main = APART_MAIN }: ApartOptions,
): Promise<Rendered> {
  const child = fork(main, [formatFraming(framing)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.on('error', () => {})
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000 + START_UP)
  const crashed = once(child, 'exit').then(([code, signal]) => {
    throw new CrashError(`the renderer ended with ${signal ?? `code ${code}`}`)
  })
  try {
    // A child that dies while it is sent to says so by its exit.
    child.send(bytes, () => {})
    const [answer] = (await Promise.race([once(child, 'message'), crashed])) as [Answer]
    return open(answer)
  } finally {
    clearTimeout(timer)
    crashed.catch(() => undefined)
    child.kill('SIGKILL')
  }
}

function open(answer: Answer): Rendered {
  if ('rendered' in answer) return answer.rendered
  if ('rejected' in answer) throw new Rejection(answer.rejected.reason, answer.rejected.msg)
  throw new Error(answer.failed)
}
