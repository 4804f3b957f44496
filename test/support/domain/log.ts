import type { Logger } from '@visage/shared/log/logger'
import { createLogger } from '@visage/shared/log/logger'
import { pino } from 'pino'

export const silent: Logger = createLogger({ name: 'test', level: 'silent', format: 'json' })

export type Line = Readonly<Record<string, unknown>>

/** Returns a logger and the lines logged with it. */
export function recorder(): { log: Logger; lines: Line[] } {
  const lines: Line[] = []
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) })
  return { log, lines }
}
