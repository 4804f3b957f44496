import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { parse } from 'yaml'

/** Subset of OpenAPI 3.0 that the checks use. `resolve` follows a `Reference`. */
export interface Schema {
  readonly type?: string
  readonly format?: string
  readonly oneOf?: readonly Schema[]
}
export interface Reference {
  readonly $ref: string
}
export interface Header {
  readonly required?: boolean
  readonly schema: Schema
}
export interface Reply {
  readonly headers?: Readonly<Record<string, Header | Reference>>
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}
export interface Operation {
  readonly responses: Readonly<Record<string, Reply | Reference>>
  readonly security?: unknown
}
type PathItem = Readonly<Partial<Record<string, Operation>>>
export interface Document {
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: unknown
  readonly 'x-visage-options': Operation
  readonly 'x-visage-other-methods': Operation
  readonly 'x-visage-other-paths': Operation
}

/** Fields of an answer that the checks use. An answer from a raw socket has them too. */
export type Answer = Pick<Response, 'status' | 'headers'>

export const document: Document = readYaml(new URL('../../../docs/openapi.yaml', import.meta.url))

/** @returns the parsed file, with the type that the caller states */
export function readYaml(file: URL) {
  return parse(readFileSync(file, 'utf8'))
}

/**
 * Asserts that `docs/openapi.yaml` describes the answer: its status, content type, headers and body. The error lists
 * every difference in one sentence.
 *
 * @param route path template of the document without a prefix, for example `/user/avatar/{id}`
 * @param body body of the answer: parsed JSON, or bytes; undefined if it had none
 */
export function expectMatchesOpenApi(
  method: string,
  route: string,
  answer: Answer,
  body: unknown,
): void {
  const replies = documentedReplies(method, route, answer.status)
  const problems =
    replies.length === 0
      ? ['that status is not documented']
      : replies.flatMap((reply) => replyProblems(reply, method, answer, body))
  if (problems.length === 0) return
  const all = [...new Set(problems)].join('; ')
  assert.fail(
    `${method} ${route} answered ${answer.status}, but docs/openapi.yaml differs: ${all}.`,
  )
}

/** The published PUT has two descriptions, the original and our addition. Both must hold. */
function documentedReplies(method: string, route: string, status: number): Reply[] {
  return operationsAt(method.toLowerCase(), route)
    .map((operation) => operation.responses[status])
    .filter((reply) => reply !== undefined)
    .map((reply) => resolve(reply))
}

function operationsAt(method: string, route: string): Operation[] {
  const item = document.paths[route]
  if (!item) return [document['x-visage-other-paths']]
  if (method === 'options') return [document['x-visage-options']]
  const operations = [item[method], item[`x-visage-${method}`]].filter(
    (found) => found !== undefined,
  )
  return operations.length > 0 ? operations : [document['x-visage-other-methods']]
}

/** Follows a `$ref` into the document. Names in the document contain no slash. */
export function resolve<T extends object>(node: T | Reference): T {
  if (!('$ref' in node)) return node
  const names = node.$ref.replace(/^#\//, '').split('/')
  const target = names.reduce<unknown>((at, name) => Object(at)[name], document)
  assert(target, `docs/openapi.yaml has no ${node.$ref}`)
  return resolve(target as T | Reference)
}

function replyProblems(reply: Reply, method: string, answer: Answer, body: unknown): string[] {
  return [
    ...Object.entries(reply.headers ?? {}).flatMap(([name, header]) =>
      headerProblems(name, resolve(header), answer.headers.get(name)),
    ),
    ...contentTypeProblems(reply, answer),
    ...(method === 'HEAD' || !reply.content
      ? noBodyProblems(body)
      : bodyProblems(reply, answer, body)),
  ]
}

function headerProblems(name: string, header: Header, value: string | null): string[] {
  if (value === null) return header.required ? [`header ${name} is missing`] : []
  const schema = resolve(header.schema)
  const typed = schema.type === 'integer' ? Number(value) : value
  return schemaProblems(schema, typed, `header ${name}`)
}

function contentTypeProblems(reply: Reply, answer: Answer): string[] {
  if (!reply.content || mediaType(answer) in reply.content) return []
  const wanted = Object.keys(reply.content).join(' or ')
  return [`content type is ${mediaType(answer) || 'missing'} and should be ${wanted}`]
}

function mediaType(answer: Answer): string {
  return (answer.headers.get('content-type') ?? '').replace(/;.*/, '').trim().toLowerCase()
}

function noBodyProblems(body: unknown): string[] {
  return isEmpty(body) ? [] : ['it has a body and should have none']
}

function isEmpty(body: unknown): boolean {
  return body instanceof Uint8Array ? body.byteLength === 0 : (body ?? '') === ''
}

function bodyProblems(reply: Reply, answer: Answer, body: unknown): string[] {
  const schema = reply.content?.[mediaType(answer)]?.schema
  if (!schema) return []
  if (schema.format === 'binary') return pictureProblems(body)
  const parsed = body instanceof Uint8Array ? parseJson(body) : body
  return [...schemaProblems(schema, parsed, 'body'), ...correlationProblems(answer, parsed)]
}

function pictureProblems(body: unknown): string[] {
  const isPicture = body instanceof Uint8Array && !isEmpty(body)
  return isPicture ? [] : ['body should be the bytes of a picture']
}

/** Returns text that is not JSON unchanged, so that the schema refuses it. */
function parseJson(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Checks that the envelope and the header of a failure have the same correlation ID. A schema cannot express this. */
function correlationProblems(answer: Answer, body: unknown): string[] {
  const inBody = Object(body).correlation_id
  const inHeader = answer.headers.get('x-cr-correlation-id')
  if (inBody === undefined || inBody === inHeader) return []
  return ['body/correlation_id differs from header X-Cr-Correlation-Id']
}

/** Returns the errors of `value`. For alternatives it returns the errors of the closest one. */
export function schemaProblems(schema: Schema, value: unknown, name: string): string[] {
  const errors = errorsOf(schema, value)
  if (errors.length === 0) return []
  const tries = (schema.oneOf ?? [schema]).map((one) => errorsOf(one, value))
  const least = Math.min(...tries.map(distance))
  const closest = least === 0 ? [errors] : tries.filter((found) => distance(found) === least)
  return [[...new Set(closest.map((found) => sentence(found, name)))].join(', or ')]
}

/** Weight of an error. Alternatives differ by constants (`code`, `state`, `source`), so a wrong constant weighs most. */
function distance(errors: ErrorObject[]): number {
  return errors.reduce((sum, { keyword }) => sum + (keyword === 'enum' ? 100 : 1), 0)
}

function sentence(errors: ErrorObject[], name: string): string {
  return errors.map((error) => `${name}${error.instancePath} ${saying(error)}`).join(' and ')
}

function saying({ message, params }: ErrorObject): string {
  const detail = params.allowedValues?.join(', ') ?? params.additionalProperty
  return detail === undefined ? `${message}` : `${message} (${detail})`
}

/** Keywords of OpenAPI that Ajv ignores. It supports `nullable` itself. */
const ajv = formats
  .default(new Ajv({ allErrors: true, strictTypes: false }))
  .addVocabulary([
    'components',
    'example',
    'x-apifox-folder',
    'x-apifox-ignore-properties',
    'x-apifox-orders',
    'x-apifox-overrides',
    'x-apifox-refs',
  ])
const compiled = new WeakMap<Schema, ValidateFunction>()

function errorsOf(schema: Schema, value: unknown): ErrorObject[] {
  const validate = compiled.get(schema) ?? compile(schema)
  compiled.set(schema, validate)
  return validate(value) ? [] : (validate.errors ?? [])
}

/** Adds the components to the schema, so that every `#/components/...` resolves. */
function compile(schema: Schema): ValidateFunction {
  return ajv.compile({ allOf: [schema], components: document.components })
}
