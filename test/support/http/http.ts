import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { UploadId } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'
import { asUploadId, asUserId } from '../domain/brands.ts'
import { JWT_SECRET, signToken } from '../world/use-world.ts'
import { document, expectMatchesOpenApi } from './openapi.ts'

export const AVATAR = '/user/setting/avatar'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  /** Parsed body, if it is JSON. */
  readonly json: ReturnType<typeof JSON.parse>
}

export interface Call {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Chunks of a body with chunked transfer coding. */
  readonly chunks?: readonly Uint8Array[]
}

/** HTTP client that sends paths and headers unchanged, follows no redirect, and checks each answer against OpenAPI. */
export class Client {
  readonly port: number
  readonly #prefix: string

  constructor({ port }: { readonly port: number }, prefix = '') {
    this.port = port
    this.#prefix = prefix
  }

  async ask(method: string, path: string, call: Call = {}): Promise<Reply> {
    const reply = await send(this.port, method, this.#prefix + path, call)
    expectDocumented(method, path, reply)
    return reply
  }

  get(path: string, call?: Call): Promise<Reply> {
    return this.ask('GET', path, call)
  }

  put(token: string, body: Uint8Array = Buffer.alloc(0), headers = {}): Promise<Reply> {
    return this.ask('PUT', AVATAR, { token, body, headers })
  }

  /** @returns the ID of the upload */
  async upload(user: string, body: Buffer, headers = {}): Promise<UploadId> {
    const reply = await this.put(tokenOf(user), body, headers)
    const id = reply.headers.get('x-upload-id')
    if (reply.json.code !== 0 || id === null) throw new Error(`not accepted: ${reply.body}`)
    return asUploadId(id)
  }

  /** @returns the `data` of the user's picture settings */
  async settings(user: string) {
    return (await this.get(AVATAR, { token: tokenOf(user) })).json.data
  }

  /** @returns the `data` of the receipt */
  async receipt(user: string, id: string) {
    return (await this.get(`${AVATAR}/uploads/${id}`, { token: tokenOf(user) })).json.data
  }
}

/** Checks an answer against the OpenAPI document. Every answer of the suite passes here. */
export function expectDocumented(method: string, path: string, reply: Reply): void {
  expectMatchesOpenApi(method, routeOf(path), reply, reply.body)
}

/** Returns a valid token of the user with extra `claims`. */
export function tokenOf(user: string, claims: Readonly<Record<string, unknown>> = {}): string {
  return signToken(JWT_SECRET, user, claims)
}

let users = 0

/** Returns a user ID that no other test uses. */
export const someone = (): UserId => asUserId(`user-${++users}`)

export function avatarPath(user: string, query = ''): string {
  return `/user/avatar/${encodeURIComponent(user)}${query}`
}

/** Converts a flat list of header names and values, as Node and raw answers have it. */
export function toReply(status: number, headers: [string, string][], body: Buffer): Reply {
  const all = new Headers(headers)
  const isJson = body.length > 0 && all.get('content-type')?.startsWith('application/json')
  return { status, headers: all, body, json: isJson ? JSON.parse(body.toString()) : undefined }
}

async function send(port: number, method: string, path: string, call: Call): Promise<Reply> {
  const authorization = call.token === undefined ? {} : { Authorization: `Bearer ${call.token}` }
  const length = call.body === undefined ? {} : { 'Content-Length': call.body.length }
  const headers = { ...authorization, ...length, ...call.headers }
  const outgoing = request({ port, host: '127.0.0.1', method, path, headers })
  const answer = new Promise<Reply>((resolve, reject) => {
    outgoing.once('error', reject)
    outgoing.once('response', async (res) => {
      const pairs = Object.entries(res.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      )
      buffer(res).then((body) => resolve(toReply(res.statusCode ?? 0, pairs, body)), reject)
    })
  })
  for (const chunk of call.chunks ?? []) outgoing.write(chunk)
  outgoing.end(call.body)
  return answer
}

const routes = Object.keys(document.paths).map((route) => {
  return { route, pattern: new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`) }
})

/** Returns the path template of the document, or the path itself if no template matches. */
function routeOf(path: string): string {
  const pathname = path.replace(/\?.*/, '')
  return routes.find(({ pattern }) => pattern.test(pathname))?.route ?? pathname
}
