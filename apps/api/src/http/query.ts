import { type ParsedUrlQuery, parse } from 'node:querystring'
import type { Context } from 'koa'
import { cached } from './cached.ts'

const read = cached((text): Readonly<ParsedUrlQuery> => parse(text))

/** What `ctx.query` says, without reading it anew for each request. */
export function queryOf({ querystring }: Context): Readonly<ParsedUrlQuery> {
  return read(querystring)
}
