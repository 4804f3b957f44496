import Router from '@koa/router'
import { problem } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import type { ApiConfig } from '../config.ts'
import { type PageFile, readPage } from './page-files.ts'

const CACHING = { index: 'no-cache', asset: 'public, max-age=31536000, immutable' } as const

/**
 * Serves the page and its assets at `/`, without the API's prefix. The page has no user data: users enter their token.
 */
export function webRouter({ web, apiPrefix = '', ...config }: ApiConfig): Router {
  const router = new Router()
  if (!web) return router
  const { maxUploadBytes, maxPixels, accept } = config
  const { index, assets } = readPage({ api: apiPrefix, maxUploadBytes, maxPixels, accept })
  const policy = contentSecurityPolicy(pictureSources(config))

  router.get('/', (ctx) => {
    ctx.set('Content-Security-Policy', policy)
    send(ctx, index, CACHING.index)
  })
  router.get('/assets/:file', (ctx) => {
    const asset = assets.get(ctx.params.file ?? '')
    if (!asset) throw problem('notFound')
    send(ctx, asset, CACHING.asset)
  })
  return router
}

/** Returns the URLs of picture sources. DEFAULT_AVATAR may also be a keyword, which is skipped. */
function pictureSources({
  gravatarUrl,
  publicBaseUrl,
  defaultAvatar,
}: Pick<ApiConfig, 'gravatarUrl' | 'publicBaseUrl' | 'defaultAvatar'>) {
  return [gravatarUrl, publicBaseUrl ?? '', defaultAvatar].filter((source) => URL.canParse(source))
}

/** @param pictures URLs on other sites that serve pictures, including the targets of redirects by the API */
function contentSecurityPolicy(pictures: readonly string[]): string {
  const origins = pictures.map((url) => new URL(url).origin)
  return [
    "default-src 'none'",
    // WebAssembly decodes HEIC for the preview. `wasm-unsafe-eval` allows no JavaScript.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' blob: data: ${origins.join(' ')}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function send(ctx: Context, { type, etag, bytes }: PageFile, caching: string): void {
  ctx.set({ ETag: etag, 'Cache-Control': caching, 'Content-Type': type })
  ctx.status = 200
  if (ctx.fresh) ctx.status = 304
  else ctx.body = bytes
}
