import { createReadStream, readdirSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import type { Middleware } from 'koa'
import { dashboardError } from '../dashboard-errors.ts'

/** Files with a hash of what is in them in their names never change. */
const HASHED = /\.[0-9a-f]{10}\.(js|css)$/

/** The files of a folder, listed once: no path of a request ever reaches the disk. Comes after `/:file*`. */
export function boardFiles(folder: string): Middleware {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  const files = new Map(paths.map((path) => [relative(folder, path).replaceAll(sep, '/'), path]))
  return (ctx) => {
    const name = String(ctx.params.file)
    const path = files.get(name)
    if (!path) throw dashboardError('noSuchPage')
    ctx.set(
      'Cache-Control',
      HASHED.test(name) ? 'private, max-age=31536000, immutable' : 'no-cache',
    )
    ctx.type = extname(name)
    ctx.body = createReadStream(path)
  }
}
