import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import {
  document,
  expectMatchesOpenApi,
  type Reference,
  readYaml,
  resolve,
  type Schema,
  schemaProblems,
} from '../support/http/openapi.ts'

type Tree = Record<string, unknown>

const published = readYaml(new URL('cloudreve-openapi.yaml', import.meta.url))
const avatar = '/user/setting/avatar'
const correlationId = 'b4351ecc-ee1a-4455-bc94-2c3dbcc58538'
const id = '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01'
const now = '2026-03-14T09:30:01.004Z'

describe('the document', () => {
  it('contains the published operation and schema unchanged', () => {
    expect(document.paths[avatar]?.put).toEqual(published.paths[avatar].put)
    expect(resolve({ $ref: '#/components/schemas/Response' })).toEqual(
      published.components.schemas.Response,
    )
  })

  it('is valid OpenAPI 3.0', async () => {
    expect(await new Validator().validate(asPlainOpenApi())).toEqual({ valid: true })
  })

  it('has an example of every JSON answer', () => {
    const contents = nodesWith(document, 'application/json')
    expect(contents.length).toBeGreaterThan(8)
    for (const [path, content] of contents) {
      expect(examplesOf(content['application/json'] as Tree), path).not.toEqual([])
    }
  })

  it('has only examples that their own schemas accept', () => {
    const nodes = [...nodesWith(document, 'example'), ...nodesWith(document, 'examples')]
    const checked = nodes.flatMap(([path, node]) => {
      const schema = resolve((node.schema ?? node) as Schema | Reference)
      return examplesOf(node).map((example) => schemaProblems(schema, example, path))
    })
    expect(checked.length).toBeGreaterThan(40)
    expect(checked.flat()).toEqual([])
  })

  it('requires the correlation ID in every answer except the published one', () => {
    const replies = Object.values(resolve({ $ref: '#/components/responses' }) as Tree) as Tree[]
    for (const { headers } of replies) {
      expect(headers).toHaveProperty('X-Cr-Correlation-Id')
    }
  })
})

describe('a valid answer passes', () => {
  it.each([
    ['PUT', avatar, json({ code: 0, msg: '' }, { 'X-Upload-Id': id })],
    ['PUT', avatar, json(failure(401, 'Login required'))],
    ['PUT', avatar, json(failure(503, 'Try again'), { 'Retry-After': '5' }, 503)],
    ['PATCH', avatar, json(failure(405, 'Method not allowed'), { Allow: 'GET, PUT' }, 405)],
    ['GET', '/nowhere', json(failure(404, 'Not found'), {}, 404)],
    ['GET', '/user/avatar/{id}', picture()],
  ])('%s %s %#', async (method, route, answer) => {
    const body = Buffer.from(await answer.arrayBuffer())
    expectMatchesOpenApi(method, route, answer, body)
  })

  it('HEAD is like GET without a body', () => {
    expectMatchesOpenApi('HEAD', '/user/avatar/{id}', picture(), Buffer.alloc(0))
  })
})

describe('an invalid answer fails with the reason', () => {
  it.each([
    ['PUT', avatar, json({ code: 0, msg: '', data: null }), 'additional properties (data)'],
    ['PUT', avatar, new Response('<h1>', json({})), 'body must be object'],
    ['PUT', avatar, new Response('ok'), 'is text/plain and should be application/json'],
    ['PUT', avatar, json({ code: '0', msg: '' }), 'body/code must be integer'],
    ['PUT', avatar, json({ code: 401, msg: 'Login required' }), "property 'correlation_id'"],
    ['PUT', avatar, json(failure(418, 'Teapot')), 'body/code must be equal to one of'],
    ['PUT', avatar, json(failure(401, 'Login required', id)), 'correlation_id differs'],
    ['PUT', avatar, json({ code: 0, msg: '' }, { 'X-Upload-Id': '7' }), 'header X-Upload-Id must'],
    ['PUT', avatar, json(failure(503, 'Try again'), {}, 503), 'header Retry-After is missing'],
    ['PUT', avatar, json(failure(418, 'Teapot'), {}, 418), 'that status is not documented'],
    ['PATCH', avatar, json({ code: 0, msg: '' }), 'that status is not documented'],
    ['GET', '/user/avatar/7', picture(), 'that status is not documented'],
    ['GET', '/user/avatar/{id}', picture({ ETag: 'W/"weak"' }), 'header ETag must match pattern'],
    ['GET', '/user/avatar/{id}', picture({ Vary: '' }), 'header Vary must be equal'],
    ['GET', '/user/avatar/{id}', picture({ 'Content-Type': 'image/bmp' }), 'is image/bmp and'],
    ['GET', '/user/avatar/{id}', new Response('', picture()), 'bytes of a picture'],
    ['HEAD', '/user/avatar/{id}', picture(), 'has a body and should have none'],
    ['GET', '/user/avatar/{id}', new Response(null, { status: 304 }), 'header ETag is missing'],
    ['GET', avatar, json({ code: 0, data: { source: 'upload' }, msg: '' }), 'body/data must have'],
    ['GET', `${avatar}/uploads/{id}`, upload({ finished_at: null }), 'body/data/finished_at must'],
    ['GET', `${avatar}/uploads/{id}`, upload({ reason: 'corrupt' }), 'body/data/reason must'],
    ['GET', `${avatar}/uploads/{id}`, upload({ started_at: '2026-03-14T10:00:00+01:00' }), '"Z$"'],
    ['GET', `${avatar}/uploads/{id}`, upload({ job: 7 }), 'additional properties (job)'],
  ])('%s %s %#', async (method, route, answer, why) => {
    const body = Buffer.from(await answer.arrayBuffer())
    expect(() => expectMatchesOpenApi(method, route, answer, body)).toThrow(why)
  })
})

/**
 * Converts the document to plain OpenAPI 3.0: it omits the `examples` of the published schemas (a keyword of 3.1) and
 * turns our extensions into operations.
 */
function asPlainOpenApi(): Tree {
  const { paths, ...rest } = JSON.parse(JSON.stringify(document, withoutListedExamples))
  const added = [paths[avatar]['x-visage-put'], rest['x-visage-other-methods']]
  const operations = [...added, rest['x-visage-options'], rest['x-visage-other-paths']]
  const extra = operations.map((operation, index) => [`/x-visage/${index}`, { put: operation }])
  return { ...rest, paths: { ...paths, ...Object.fromEntries(extra) } }
}

function withoutListedExamples(key: string, value: unknown): unknown {
  return key === 'examples' && Array.isArray(value) ? undefined : value
}

/** Returns every object in the tree that has the member, with its path. */
function nodesWith(tree: unknown, member: string, path = '#'): [string, Tree][] {
  if (typeof tree !== 'object' || tree === null) return []
  const inside = Object.entries(tree).flatMap(([key, value]) =>
    nodesWith(value, member, `${path}/${key}`),
  )
  return member in tree ? [[path, tree as Tree], ...inside] : inside
}

/** Returns the examples of a media type, header, parameter or schema. */
function examplesOf({ example, examples }: Tree): unknown[] {
  const several = Object.values((examples ?? {}) as Record<string, { value: unknown }>)
  const values = Array.isArray(examples) ? examples : several.map(({ value }) => value)
  return example === undefined ? values : [example, ...values]
}

function failure(code: number, msg: string, correlation = correlationId) {
  return { code, msg, correlation_id: correlation }
}

function json(body: unknown, headers: Record<string, string> = {}, status = 200): Response {
  const all = { 'X-Cr-Correlation-Id': correlationId, ...headers }
  return Response.json(body, { status, headers: all })
}

function upload(changes: Tree): Response {
  const times = { accepted_at: now, started_at: now, finished_at: now }
  const rest = { reason: null, msg: '', bytes: 1, format: 'png', correlation_id: correlationId }
  return json({
    code: 0,
    data: { upload_id: id, state: 'ready', ...rest, ...times, ...changes },
    msg: '',
  })
}

function picture(headers: Record<string, string> = {}): Response {
  const all = {
    'X-Cr-Correlation-Id': correlationId,
    ETag: '"a"',
    'Cache-Control': 'public, no-cache',
    Vary: 'Accept',
    'Accept-Ranges': 'none',
    'Content-Type': 'image/webp',
    'Content-Length': '4',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'cross-origin',
  }
  return new Response('RIFF', { headers: { ...all, ...headers } })
}
