import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

export type LogLine = Readonly<Record<string, unknown>>

let folder: string | undefined

/** What the apps that are started from now on in this file log. `forgetLogs` ends it, after each file. */
export function recordLog(name: string) {
  folder ??= mkdtempSync(join(tmpdir(), 'visage-log-'))
  const file = join(folder, `${name}.log`)
  writeFileSync(file, '')
  vi.stubEnv('VISAGE_TEST_LOG', file)
  const text = () => readFileSync(file, 'utf8')
  const lines = (): LogLine[] => {
    const whole = text().split('\n').slice(0, -1)
    return whole.map((line) => JSON.parse(line))
  }
  return { text, lines, line: (matches: LogLine) => lineOf(file, lines, matches) }
}

/** Removes the logs of this test file. */
export function forgetLogs(): void {
  vi.unstubAllEnvs()
  if (folder) rmSync(folder, { recursive: true })
  folder = undefined
}

/** Resolves with the first line that has these members, once it is written. */
function lineOf(file: string, lines: () => LogLine[], members: LogLine): Promise<LogLine> {
  return new Promise((resolve) => {
    const watcher = watch(file, look)
    function look() {
      const found = lines().find((line) =>
        Object.entries(members).every(([name, value]) => line[name] === value),
      )
      if (!found) return
      watcher.close()
      resolve(found)
    }
    look()
  })
}
