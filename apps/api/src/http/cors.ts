import koaCors from '@koa/cors'
import { withDefault } from '@visage/shared/config/setting'
import type { Context, Middleware } from 'koa'
import { CORRELATION_HEADER } from './correlation.ts'
import { picturePaths } from './path.ts'

const origins = {
  format: 'none, or a list, with commas, of origins such as https://app.example.org',
  parse: (text: string): readonly string[] | undefined => {
    if (text === 'none') return []
    const list = text.split(',').map((one) => one.trim())
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
    "the other sites whose pages may use users' tokens here; pictures may be read by all",
  ),
} as const

/** No credentials: a token is sent by a script that has it, never by the browser of its own accord. */
const PERMITTED = {
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
  /** Seconds; browsers keep a preflight's answer for two hours at most. */
  maxAge: 7200,
}

/** Lets pages of these sites use all but the pictures, which no `Vary: Origin` may split in caches. */
export function cors(allowed: readonly string[], prefix: string | undefined): Middleware {
  const origin = ({ req }: Context) => allowed.find((one) => one === req.headers.origin) ?? ''
  const permit = koaCors({ ...PERMITTED, origin })
  const isPicture = picturePaths(prefix)
  return async (ctx, next) => {
    if (isPicture(ctx)) return next()
    if (ctx.method !== 'OPTIONS') return permit(ctx, next)
    // koa/cors would answer a preflight itself, for paths that do not exist too, and without `Allow`.
    await permit(ctx, async () => {})
    return next()
  }
}
