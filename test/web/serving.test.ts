import { beforeAll, expect, it } from 'vitest'
import { type Instance, useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let app: Instance
let page: string

beforeAll(async () => {
  app = await world.startApi({
    WEB: 'true',
    API_PREFIX: '/api/v4',
    MAX_UPLOAD_BYTES: '2MiB',
    GRAVATAR_URL: 'https://pictures.example/avatar',
  })
  page = await (await get('/')).text()
})

const get = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${app.port}${path}`, init)

it('the content security policy allows only own resources and the Gravatar server', async () => {
  const { headers } = await get('/')
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; " +
      "img-src 'self' blob: data: https://pictures.example; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/)
})

it('the page has the API prefix and the limits, and is at / with any prefix', async () => {
  const [, content = ''] = /<meta name="visage" content="([^"]*)">/.exec(page) ?? []
  expect(JSON.parse(content.replaceAll('&quot;', '"'))).toEqual({
    api: '/api/v4',
    maxUploadBytes: 2 * 1024 ** 2,
    maxPixels: 210_000_000,
    accept: ['jpeg', 'png', 'webp', 'gif', 'avif', 'heic'],
  })
  expect((await get('/api/v4/')).status).toBe(404)
})

it('assets have hashed names and are immutable, and the page is revalidated', async () => {
  const assets = [...page.matchAll(/\/assets\/[^"]+/g)].map(([path]) => path)
  const types = await Promise.all(
    assets.map(async (path) => {
      expect(path).toMatch(/-[0-9A-Z]{8}\.\w+$/)
      const { status, headers } = await get(path)
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      return headers.get('content-type')
    }),
  )
  expect(types.toSorted()).toEqual([
    'image/svg+xml',
    'text/css; charset=utf-8',
    'text/javascript; charset=utf-8',
  ])

  const { headers } = await get('/')
  expect(headers.get('cache-control')).toBe('no-cache')
  const etag = headers.get('etag') ?? ''
  const again = await get('/', { headers: { 'If-None-Match': etag }, cache: 'force-cache' })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

it('HEAD is like GET without the body, and other methods and missing files are refused', async () => {
  const head = await get('/', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  const post = await get('/', { method: 'POST' })
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'HEAD, GET'])
  for (const path of ['/assets/', '/assets/page.js', '/assets/..%2findex.html', '/index.html']) {
    const { status, headers } = await get(path)
    expect([path, status]).toEqual([path, 404])
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

it('without WEB=true there is no page', async () => {
  const { port } = await world.startApi()
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  expect([answer.status, (await answer.json()).code]).toEqual([404, 404])
})
