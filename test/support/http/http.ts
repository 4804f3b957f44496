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
  /** The body, where it is JSON. */
  readonly json: ReturnType<typeof JSON.parse>
}

export interface Call {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Sent as they are, with a chunked transfer coding. */
  readonly chunks?: readonly Uint8Array[]
}

/** Sends path and headers as given, follows nothing, holds each answer against the document. */
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

  /** @returns the id of the upload */
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

/** Every answer of this suite goes through here. */
export function expectDocumented(method: string, path: string, reply: Reply): void {
  expectMatchesOpenApi(method, routeOf(path), reply, reply.body)
}

/** A good token of the user's, with `claims` on top. */
export function tokenOf(user: string, claims: Readonly<Record<string, unknown>> = {}): string {
  return signToken(JWT_SECRET, user, claims)
}

let users = 0

/** A user whom no other test of the file knows. */
export const someone = (): UserId => asUserId(`user-${++users}`)

export function avatarPath(user: string, query = ''): string {
  return `/user/avatar/${encodeURIComponent(user)}${query}`
}

/** Header names come in pairs, as Node reads them and as a raw answer holds them. */
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

/** The path as the document names it, or as it is where the document has none such. */
function routeOf(path: string): string {
  const pathname = path.replace(/\?.*/, '')
  return routes.find(({ pattern }) => pattern.test(pathname))?.route ?? pathname
}
