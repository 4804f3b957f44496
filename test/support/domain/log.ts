import type { Logger } from '@visage/shared/log/logger'
import { createLogger } from '@visage/shared/log/logger'
import { pino } from 'pino'

export const silent: Logger = createLogger({ name: 'test', level: 'silent', format: 'json' })

export type Line = Readonly<Record<string, unknown>>

/** A logger, and the lines that have been logged with it. */
export function recorder(): { log: Logger; lines: Line[] } {
  const lines: Line[] = []
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) })
  return { log, lines }
}
