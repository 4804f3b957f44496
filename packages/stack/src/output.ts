import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'

/** Output of a process, which is copied to a log file. */
export interface Output {
  /** The last lines, for error messages. */
  readonly tail: readonly string[]
  /** Resolves when the log file contains all of the output. */
  readonly written: Promise<unknown>
  /** Resolves with the first line that matches, from the time of the call. */
  line(pattern: RegExp): Promise<string>
}

const TAIL_LINES = 10

/** Appends standard output and standard error to the log file. */
export function collectOutput(child: ChildProcess, log: string): Output {
  const output = new PassThrough()
  child.stdout?.pipe(output, { end: false })
  child.stderr?.pipe(output, { end: false })
  child.once('close', () => output.end())
  const file = output.pipe(createWriteStream(log, { flags: 'a', mode: 0o600 }))
  const lines = createInterface({ input: output })
  const tail: string[] = []
  lines.on('line', (line) => tail.push(line) > TAIL_LINES && tail.shift())
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      lines.on('line', (text) => pattern.test(text) && resolve(text))
    })
  return { tail, line, written: finished(file).catch(() => {}) }
}
