import { request, type Server } from 'node:http'
import { createOpsServer, listen, type OpsMounts, type OpsRoutes } from '@visage/shared/ops/server'
import { afterEach, describe, expect, test } from 'vitest'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serving(routes: OpsRoutes, mounts: OpsMounts = {}): Promise<number> {
  const server = createOpsServer(routes, mounts)
  servers.push(server)
  return listen(server, 0, '127.0.0.1')
}

/** Sends a request with a raw path, which a URL parser would normalise. */
function ask(port: number, path: string, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const outgoing = request({ port, path, method, timeout: 1000 }, async (res) => {
        let text = ''
        for await (const chunk of res) text += chunk
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text })
      })
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer')))
      outgoing.once('error', reject).end()
    },
  )
}

const routes: OpsRoutes = {
  '/json': () => ({ status: 200, body: { fine: true } }),
  '/text': () => ({ status: 200, body: 'a_total 1\n' }),
  '/broken': () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1')),
}

describe('the ops server', () => {
  test.each([
    ['/json', 'application/json; charset=utf-8', '{"fine":true}\n'],
    ['/text', 'text/plain; charset=utf-8', 'a_total 1\n'],
  ])('%s is %s', async (path, type, text) => {
    const answer = await ask(await serving(routes), path)
    expect(answer).toMatchObject({ status: 200, text })
    expect(answer.headers).toMatchObject({ 'content-type': type, 'cache-control': 'no-store' })
  })

  test('a query string does not change the page', async () => {
    expect(await ask(await serving(routes), '/json?verbose=1')).toMatchObject({ status: 200 })
  })

  test('HEAD is like GET without a body', async () => {
    const answer = await ask(await serving(routes), '/json', 'HEAD')
    expect(answer).toMatchObject({ status: 200, text: '' })
  })

  test.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
    const answer = await ask(await serving(routes), '/json', method)
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  test.each(['/', '/JSON', '/json/', '/constructor', '/__proto__', '/%2e', '//', '//a:b', '*'])(
    '%s answers 404',
    async (path) => {
      const port = await serving({ ...routes })
      expect(await ask(port, path)).toMatchObject({ status: 404 })
      expect(await ask(port, '/json')).toMatchObject({ status: 200 })
    },
  )

  test.each([
    ['/board', 'GET'],
    ['/board/', 'GET'],
    ['/board/jobs?page=1', 'PUT'],
  ])('%s belongs to what is mounted at /board, by any method', async (path, method) => {
    const port = await serving(routes, {
      '/board': (req, res) => res.end(`${req.method} ${req.url}`),
    })
    expect(await ask(port, path, method)).toMatchObject({ status: 200, text: `${method} ${path}` })
    expect(await ask(port, '/json')).toMatchObject({ status: 200 })
  })

  test.each(['/boards', '/Board', '//board', '/json/board'])('%s does not', async (path) => {
    const port = await serving(routes, { '/board': (_, res) => res.end() })
    expect(await ask(port, path)).toMatchObject({ status: 404 })
  })

  test('a failed check does not expose its error', async () => {
    const answer = await ask(await serving(routes), '/broken')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('ECONNREFUSED')
  })
})

test('a port in use is named in the error', async () => {
  const port = await serving(routes)
  const second = createOpsServer(routes)
  await expect(listen(second, port, '127.0.0.1')).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${port}: another program uses this port`,
  )
})
