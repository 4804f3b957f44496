import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { vi } from 'vitest'

export type LogLine = Readonly<Record<string, unknown>>

let folder: string | undefined

/** Records the log of the apps that this file starts from now on. `forgetLogs` stops it after each file. */
export function recordLog(name: string) {
  const dir = logFolder()
  const path = join(dir, name)
  vi.stubEnv('VISAGE_TEST_LOG', path)
  const files = () => readdirSync(dir).filter((file) => file.startsWith(`${basename(path)}.`))
  const texts = () => files().map((file) => readFileSync(join(dir, file), 'utf8'))
  const lines = (): LogLine[] => texts().flatMap(linesOf)
  return { text: () => texts().join(''), lines, line: (like: LogLine) => lineOf(dir, lines, like) }
}

function logFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'visage-log-'))
  return folder
}

/** Parses the lines. The last one may be incomplete. */
const linesOf = (text: string): LogLine[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** Removes the logs of this test file. */
export function forgetLogs(): void {
  vi.unstubAllEnvs()
  if (folder) rmSync(folder, { recursive: true })
  folder = undefined
}

/** Resolves with the first line that has these fields, once it is written. */
function lineOf(dir: string, lines: () => LogLine[], members: LogLine): Promise<LogLine> {
  return new Promise((resolve, reject) => {
    const watcher = watch(dir, look)
    function look() {
      try {
        const found = lines().find((line) =>
          Object.entries(members).every(([name, value]) => line[name] === value),
        )
        if (!found) return
        watcher.close()
        resolve(found)
      } catch (error) {
        watcher.close()
        reject(error)
      }
    }
    look()
  })
}
