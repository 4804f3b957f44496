import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { afterEach, expect, test } from 'vitest'
import { clientAddress } from '../../../../apps/api/src/http/client-address.ts'
import { correlation } from '../../../../apps/api/src/http/correlation.ts'
import { setOutputHeaders } from '../../../../apps/api/src/http/output-headers.ts'
import { silent } from '../../../support/domain/log.ts'

let server: Server
afterEach(() => server.close())

/** What becomes of a request past which nothing makes an envelope. */
async function ask(path: string, route: Koa.Middleware): Promise<Response> {
  const app = new Koa()
  app.silent = true
  app.use(clientAddress([])).use(setOutputHeaders('/api/v4')).use(correlation(silent)).use(route)
  server = createServer(app.callback())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
}

test.each<[string, unknown]>([
  ['an error', new Error('a bug')],
  ['no error', 'a bug'],
])('an answer of Koa after %s was thrown has the headers', async (_, thrown) => {
  const answer = await ask('/user', (ctx) => {
    ctx.set({ ETag: '"kept"', 'Cache-Control': 'public' })
    throw thrown
  })
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('a bug')
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-cr-correlation-id': expect.any(String),
  })
  expect(answer.headers.get('etag')).toBeNull()
})

test.each([
  ['/api/v4/user/avatar/a', 'cross-origin'],
  ['/api/v4/USER/Avatar/a/b/c', 'cross-origin'],
  ['/user/avatar/a', 'same-origin'],
  ['/api/v4/user/setting/avatar', 'same-origin'],
  ['/api/v4/user/avatars', 'same-origin'],
])('%s is for %s', async (path, policy) => {
  const answer = await ask(path, (ctx) => {
    ctx.body = ''
  })
  expect(answer.headers.get('cross-origin-resource-policy')).toBe(policy)
})

test('a route can override a header', async () => {
  const answer = await ask('/page', (ctx) => {
    ctx.set('Content-Security-Policy', "default-src 'self'")
    ctx.body = 'page'
  })
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'self'")
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})
