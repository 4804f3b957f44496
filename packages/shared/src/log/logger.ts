import { type DestinationStream, pino, stdTimeFunctions } from 'pino'

export type { Logger } from 'pino'

import type { Logger } from 'pino'

export interface LogSettings {
  readonly name: string
  readonly level: string
  readonly format: 'json' | 'pretty' | undefined
}

/**
 * Lines of JSON, or of text where a person watches. Never handed a token, an address or an upload's bytes.
 * @param members what each line holds besides
 */
export function createLogger(settings: LogSettings, members?: () => object): Logger {
  const format = settings.format ?? (process.stdout.isTTY ? 'pretty' : 'json')
  const options = {
    name: settings.name,
    level: settings.level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    ...(members ? { mixin: members } : {}),
  }
  return format === 'pretty' ? pino(options, prettyStream()) : pino(options)
}

function prettyStream(): DestinationStream {
  return pino.transport({
    target: 'pino-pretty',
    options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true },
  })
}
