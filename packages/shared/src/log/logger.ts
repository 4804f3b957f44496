import { type DestinationStream, pino, stdTimeFunctions } from 'pino'

export type { DestinationStream, Logger } from 'pino'

import type { Logger } from 'pino'

export interface LogSettings {
  readonly name: string
  readonly level: string
  readonly format: 'json' | 'pretty' | undefined
}

/**
 * Creates a logger. Lines are JSON, or plain text if standard output is a terminal. Never log a token, an e-mail
 * address or bytes of an upload.
 * @param members returns additional members of each line
 * @param logTo destination of the lines, which are then always JSON. Default: standard output.
 */
export function createLogger(
  settings: LogSettings,
  members?: () => object,
  logTo?: DestinationStream,
): Logger {
  const format = settings.format ?? (process.stdout.isTTY ? 'pretty' : 'json')
  const options = {
    name: settings.name,
    level: settings.level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    ...(members ? { mixin: members } : {}),
  }
  if (logTo) return pino(options, logTo)
  return format === 'pretty' ? pino(options, prettyStream()) : pino(options)
}

function prettyStream(): DestinationStream {
  return pino.transport({
    target: 'pino-pretty',
    options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true },
  })
}
