import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'

/** What a process writes, on its way to a log. */
export interface Output {
  /** The last lines so far, for an error message. */
  readonly tail: readonly string[]
  /** Settles when all of it is in the log. */
  readonly written: Promise<unknown>
  /** The first line from now on that matches. */
  line(pattern: RegExp): Promise<string>
}

const TAIL = 10

/** Copies standard output and standard error to the log. */
export function collectOutput(child: ChildProcess, log: string): Output {
  const output = new PassThrough()
  child.stdout?.pipe(output, { end: false })
  child.stderr?.pipe(output, { end: false })
  child.once('close', () => output.end())
  const file = output.pipe(createWriteStream(log, { flags: 'a', mode: 0o600 }))
  const lines = createInterface({ input: output })
  const tail: string[] = []
  lines.on('line', (line) => tail.push(line) > TAIL && tail.shift())
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      lines.on('line', (text) => pattern.test(text) && resolve(text))
    })
  return { tail, line, written: finished(file).catch(() => {}) }
}
