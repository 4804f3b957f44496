import { createReadStream, readdirSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import type { Middleware } from 'koa'
import { dashboardError } from '../dashboard-errors.ts'

/** Names that contain a hash of the content. These files never change. */
const HASHED = /\.[0-9a-f]{10}\.(js|css)$/

/**
 * Serves the files of a folder, which is listed once: no path of a request reaches the disk. The route must have a
 * wildcard parameter `file`.
 */
export function boardFiles(folder: string): Middleware {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const files = new Map(paths.map((path) => [relative(folder, path).replaceAll(sep, '/'), path]))
  return (ctx) => {
    const name = String(ctx.params.file)
    const path = files.get(name)
    if (!path) throw dashboardError('pageNotFound')
    ctx.set(
      'Cache-Control',
      HASHED.test(name) ? 'private, max-age=31536000, immutable' : 'no-cache',
    )
    ctx.type = extname(name)
    ctx.body = createReadStream(path)
  }
}
