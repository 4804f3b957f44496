import type { Format } from './setting.ts'

/** The parts of a Redis URL. */
export interface RedisAddress {
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  /** A host without a port uses the default port of its server. */
  readonly hosts: readonly RedisHost[]
  /** The path and query after the hosts, such as `/1`. */
  readonly path: string
}

export interface RedisHost {
  readonly host: string
  readonly port: number | undefined
}

const SHAPE = /^(rediss?:\/\/(?:[^/?#]*@)?)([^/?#@]*)((?!\/\/).*)$/

export const redisUrl: Format<string> = {
  format:
    'a redis:// or rediss:// URL, or one with several comma-separated hosts, such as redis://a:6379,b:6379',
  parse: (text) => {
    const urls = redisUrls(text)
    const isEach = urls.every((url) => URL.canParse(url) && (urls.length === 1 || hasHost(url)))
    return urls.length > 0 && isEach ? text : undefined
  },
}

const hasHost = (url: string) => new URL(url).hostname !== ''

/** Returns one URL for each host of a Redis URL; an empty list if the text is not a Redis URL. */
export function redisUrls(text: string): string[] {
  const [, start, hosts = '', end = ''] = SHAPE.exec(text) ?? []
  return start === undefined ? [] : hosts.split(',').map((host) => `${start}${host}${end}`)
}

/** @param text in the format of `redisUrl` */
export function parseRedisUrl(text: string): RedisAddress {
  const urls = redisUrls(text).map((url) => new URL(url))
  const { protocol, username = '', password = '', pathname, search } = urls[0] ?? new URL(text)
  return {
    tls: protocol === 'rediss:',
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    hosts: urls.map(hostOf),
    path: `${pathname}${search}`,
  }
}

function hostOf({ hostname, port }: URL): RedisHost {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port ? Number(port) : undefined }
}
