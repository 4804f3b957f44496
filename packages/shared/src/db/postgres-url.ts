import { readFileSync } from 'node:fs'

/** TLS options; `false` disables TLS. If absent, pg reads `PGSSLMODE` from the environment. */
export type Tls =
  | false
  | {
      readonly ca?: string
      readonly cert?: string
      readonly key?: string
      readonly rejectUnauthorized?: false
    }

export interface PostgresAddress {
  /** The URL without its TLS parameters. */
  readonly connectionString: string
  readonly ssl?: Tls
}

/**
 * Values of `sslmode`, by libpq's names. `require` and `verify-ca` mean `verify-full` here: they check both certificate
 * and host name. Only `no-verify` checks neither. `allow` and `prefer` are rejected, because libpq then falls back to a
 * connection without TLS.
 */
const MODES: Readonly<Record<string, Tls>> = {
  disable: false,
  require: {},
  'verify-ca': {},
  'verify-full': {},
  'no-verify': { rejectUnauthorized: false },
}

/** Parameters that name a file, with the TLS option that receives its content. */
const FILE_PARAMETERS = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const

/** Other TLS parameters that pg 8.23 reads from a URL. Two of them can disable certificate checks. */
const UNSUPPORTED = ['ssl', 'sslnegotiation', 'uselibpqcompat']

/** @throws if the URL has an unsupported TLS parameter or value, or names a file that cannot be read */
export function readPostgresUrl(text: string): PostgresAddress {
  const url = new URL(text)
  const unsupported = UNSUPPORTED.find((name) => url.searchParams.has(name))
  if (unsupported) {
    throw new Error(`The parameter ${unsupported} is not supported; use sslmode=verify-full`)
  }
  const mode = readMode(take(url, 'sslmode'))
  const files = Object.entries(FILE_PARAMETERS).flatMap(([name, option]) => {
    const path = take(url, name)
    return path === undefined ? [] : [[option, readFileSync(path, 'utf8')]]
  })
  if (mode === undefined && files.length === 0) return { connectionString: text }
  const ssl = mode !== false && { ...mode, ...Object.fromEntries(files) }
  return { connectionString: url.href, ssl }
}

function take({ searchParams }: URL, name: string): string | undefined {
  const value = searchParams.get(name) ?? undefined
  searchParams.delete(name)
  return value
}

function readMode(name: string | undefined): Tls | undefined {
  if (name === undefined) return undefined
  const mode = Object.hasOwn(MODES, name) ? MODES[name] : undefined
  if (mode === undefined) throw new Error(`sslmode must be one of ${Object.keys(MODES).join(', ')}`)
  return mode
}
