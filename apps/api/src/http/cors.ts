import koaCors from '@koa/cors'
import { withDefault } from '@visage/shared/config/setting'
import type { Context, Middleware } from 'koa'
import { CORRELATION_HEADER } from './correlation.ts'
import { matchPicturePaths } from './path.ts'

const origins = {
  format: 'none, or a comma-separated list of origins, such as https://app.example.org',
  parse: (text: string): readonly string[] | undefined => {
    if (text === 'none') return []
    const list = text.split(',').map((entry) => entry.trim())
    return list.every(isOrigin) ? list : undefined
  },
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

export const corsSettings = {
  corsOrigins: withDefault(
    'CORS_ORIGINS',
    origins,
    'none',
    'Origins of web pages that may call the API with a token. Set it if your web application is on another origin. Pictures are readable from every origin.',
  ),
} as const

/** Omits credentials: scripts send the token themselves, so browsers need not attach cookies. */
const CORS_OPTIONS = {
  allowMethods: ['GET', 'HEAD', 'PUT', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'Prefer', 'Last-Event-ID', CORRELATION_HEADER],
  exposeHeaders: [
    'X-Upload-Id',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'ETag',
    'Preference-Applied',
    CORRELATION_HEADER,
  ],
  /** Seconds. Browsers cache a preflight response for at most two hours. */
  maxAge: 7200,
}

/**
 * Adds CORS headers for the allowed origins to every route except pictures. `Vary: Origin` on pictures would make
 * caches store one copy for each origin.
 */
export function cors(allowed: readonly string[], prefix: string | undefined): Middleware {
  const origin = ({ req }: Context) => allowed.find((site) => site === req.headers.origin) ?? ''
  const addHeaders = koaCors({ ...CORS_OPTIONS, origin })
  const isPicture = matchPicturePaths(prefix)
  return async (ctx, next) => {
    if (isPicture(ctx)) return next()
    if (ctx.method !== 'OPTIONS') return addHeaders(ctx, next)
    // The empty `next` keeps @koa/cors from answering preflights of unknown paths, and from omitting `Allow`.
    await addHeaders(ctx, async () => {})
    return next()
  }
}
