import { readFileSync } from 'node:fs'

/** What TLS needs to know; `false` for none. Absent: as the environment says, by `PGSSLMODE`. */
export type Tls =
  | false
  | {
      readonly ca?: string
      readonly cert?: string
      readonly key?: string
      readonly rejectUnauthorized?: false
    }

export interface PostgresAddress {
  /** Without what it said of TLS. */
  readonly connectionString: string
  readonly ssl?: Tls
}

/**
 * The values of `sslmode`, by libpq's names. Certificate and host name are checked or, where the name says so, not
 * at all: libpq's half measures, `require` and `verify-ca`, are taken as `verify-full`. Its `allow` and `prefer`
 * go on without TLS where there is none, and are not taken.
 */
const MODES: Readonly<Record<string, Tls>> = {
  disable: false,
  require: {},
  'verify-ca': {},
  'verify-full': {},
  'no-verify': { rejectUnauthorized: false },
}

/** The parameters that name files, and what is in those. */
const FILES = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const

/** Whatever else of an address pg 8.23 would take for a wish about TLS: two of them can turn checking off. */
const UNKNOWN = ['ssl', 'sslnegotiation', 'uselibpqcompat']

/** @throws where it asks for TLS in a way that is not known here, or for a file that cannot be read */
export function readPostgresUrl(text: string): PostgresAddress {
  const url = new URL(text)
  const unknown = UNKNOWN.find((name) => url.searchParams.has(name))
  if (unknown) throw new Error(`${unknown} is not known; say sslmode=verify-full`)
  const mode = readMode(take(url, 'sslmode'))
  const files = Object.entries(FILES).flatMap(([name, holds]) => {
    const path = take(url, name)
    return path === undefined ? [] : [[holds, readFileSync(path, 'utf8')]]
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
