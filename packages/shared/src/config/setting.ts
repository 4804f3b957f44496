/** One environment variable: its format, its description and its parser. */
export interface Setting<T> {
  readonly name: string
  /** A noun phrase that follows "must be", such as `true or false`. */
  readonly format: string
  /** At most three sentences of Markdown: what the setting does, its unit, and when to change it. */
  readonly description: string
  /** The default, as it would be written in the environment. */
  readonly fallback: string | undefined
  readonly required: boolean
  /** @returns undefined if the text is not in the format */
  parse(text: string): T | undefined
}

export type Format<T> = Pick<Setting<T>, 'format' | 'parse'>

const units = {
  duration: { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  size: { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  pixels: { P: 1, MP: 1_000_000 },
} as const

const withUnit = (table: Readonly<Record<string, number>>) => (text: string) => {
  const [, amount, unit] = /^(\d{1,9})([A-Za-z]+)$/.exec(text) ?? []
  const factor = Object.hasOwn(table, unit ?? '') ? table[unit ?? ''] : undefined
  return factor === undefined ? undefined : Number(amount) * factor
}

/** The common formats. */
export const formats = {
  text: { format: 'a string', parse: (text) => text } as Format<string>,
  port: {
    format: 'a port number from 0 to 65535, such as 3000',
    parse: integerIn(0, 65_535),
  } as Format<number>,
  count: {
    format: 'a whole number from 1 to 1000000',
    parse: integerIn(1, 1_000_000),
  } as Format<number>,
  duration: {
    format: 'a duration, such as 500ms, 60s, 10m, 1h or 7d',
    parse: withUnit(units.duration),
  } as Format<number>,
  /** A duration that Node's timers support. Zero is excluded, because some libraries read 0 as "no timeout". */
  interval: {
    format: 'a duration from 1ms to 24d, such as 500ms, 60s, 10m or 1h',
    parse: (text) => {
      const milliseconds = withUnit(units.duration)(text)
      return milliseconds && milliseconds < 2 ** 31 ? milliseconds : undefined
    },
  } as Format<number>,
  /** Parsed into seconds. */
  seconds: {
    format: 'a duration from 1s to 1h in whole seconds, such as 20s or 2m',
    parse: wholeSeconds,
  } as Format<number>,
  pixels: {
    format: 'a number of pixels, such as 50MP or 640000P',
    parse: withUnit(units.pixels),
  } as Format<number>,
  size: {
    format: 'a size, such as 512KiB or 16MiB',
    parse: withUnit(units.size),
  } as Format<number>,
  switch: {
    format: 'true or false',
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  } as Format<boolean>,
  quality: {
    format: 'a whole number from 1 to 100',
    parse: integerIn(1, 100),
  } as Format<number>,
  color: {
    format: 'a colour, such as #ffffff',
    parse: (text) => (/^#[0-9a-f]{6}$/i.test(text) ? text.toLowerCase() : undefined),
  } as Format<string>,
  httpUrl: {
    format: 'an http or https URL',
    parse: urlOf('http:', 'https:'),
  } as Format<string>,
  /** Rejects credentials at the start, because `fetch` rejects a URL with credentials only on its first use. */
  bareUrl: {
    format: 'an http or https URL without a user name or password',
    parse: urlWithoutCredentials,
  } as Format<URL>,
  /** A URL that paths are appended to. */
  baseUrl: {
    format: 'an http or https URL without a query, a fragment or a slash at its end',
    parse: (text) => (/[?#]|\/$/.test(text) ? undefined : urlOf('http:', 'https:')(text)),
  } as Format<string>,
  postgresUrl: {
    format: 'a postgres:// or postgresql:// URL',
    parse: urlOf('postgres:', 'postgresql:'),
  } as Format<string>,
  path: {
    format: 'a path without a slash at its end, such as /api/v4',
    parse: pathPrefix,
  } as Format<string>,
} as const

export function oneOf<const T extends string>(...words: T[]): Format<T> {
  return {
    format: `one of ${words.join(', ')}`,
    parse: (text) => words.find((word) => word === text),
  }
}

export function withDefault<T>(
  name: string,
  as: Format<T>,
  fallback: string,
  description: string,
): Setting<T> {
  return { ...as, name, fallback, description, required: true }
}

export function required<T>(name: string, as: Format<T>, description: string): Setting<T> {
  return { ...as, name, fallback: undefined, description, required: true }
}

export function optional<T>(
  name: string,
  as: Format<T>,
  description: string,
): Setting<T | undefined> {
  return { ...as, name, fallback: undefined, description, required: false }
}

export function integerIn(least: number, most: number) {
  return (text: string) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : undefined
  }
}

function wholeSeconds(text: string): number | undefined {
  const seconds = (withUnit(units.duration)(text) ?? 0) / 1000
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600 ? seconds : undefined
}

function urlOf(...protocols: string[]) {
  return (text: string) =>
    URL.canParse(text) && protocols.some((protocol) => text.startsWith(`${protocol}//`))
      ? text
      : undefined
}

function urlWithoutCredentials(text: string): URL | undefined {
  const url = urlOf('http:', 'https:')(text) && new URL(text)
  return url && url.username + url.password === '' ? url : undefined
}

function pathPrefix(text: string): string | undefined {
  return /^(\/[A-Za-z0-9._~-]+)+$/.test(text) ? text : undefined
}

/** A secret of at least `least` bytes of UTF-8. The process does not start with a shorter one. */
export function secretOf(least: number): Format<string> {
  const parse = (text: string) => (Buffer.byteLength(text, 'utf8') >= least ? text : undefined)
  return { format: `a secret of at least ${least} bytes`, parse }
}
