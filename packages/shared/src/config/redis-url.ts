import type { Format } from './setting.ts'

/** What an address of Redis says, taken apart. */
export interface RedisAddress {
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  /** An absent port is the usual one of whatever listens there. */
  readonly hosts: readonly RedisHost[]
  /** What comes after the hosts: `/1`, say. */
  readonly path: string
}

export interface RedisHost {
  readonly host: string
  readonly port: number | undefined
}

const SHAPE = /^(rediss?:\/\/(?:[^/?#]*@)?)([^/?#@]*)((?!\/\/).*)$/

export const redisUrl: Format<string> = {
  format: 'a redis:// or rediss:// address; several hosts, each with its port, have commas between',
  parse: (text) => {
    const urls = redisUrls(text)
    const isEach = urls.every((url) => URL.canParse(url) && (urls.length === 1 || hasHost(url)))
    return urls.length > 0 && isEach ? text : undefined
  },
}

const hasHost = (url: string) => new URL(url).hostname !== ''

/** One address for each host, otherwise the same; none where the text is no address of Redis. */
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
