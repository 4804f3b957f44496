import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '@visage/shared/lifecycle/start-error'

/** One file of the page, as it goes out. */
export interface PageFile {
  readonly type: string
  readonly etag: string
  readonly bytes: Buffer
}

export interface PageFiles {
  readonly index: PageFile
  /** By name; each has a hash of what is in it in its name. */
  readonly assets: ReadonlyMap<string, PageFile>
}

/** What the page has to know before it asks for anything. */
export interface PageSettings {
  /** What the paths of the API begin with; empty where there is no prefix. */
  readonly api: string
  readonly maxUploadBytes: number
  readonly accept: readonly string[]
}

/** As `npm run build` leaves it. */
const BUILT = fileURLToPath(new URL('../../../web/dist/', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * The built page, read once: no path of a request ever reaches the disk.
 * @throws StartError where it has not been built
 */
export function readPage(settings: PageSettings, folder = BUILT): PageFiles {
  const index = join(folder, 'index.html')
  if (!existsSync(index)) throw new StartError('WEB=true needs the built page: npm run build')
  const html = readFileSync(index, 'utf8').replace('%SETTINGS%', () => attribute(settings))
  const names = readdirSync(join(folder, 'assets'))
  return {
    index: file('.html', Buffer.from(html)),
    assets: new Map(
      names.map((name) => [name, file(extname(name), readFileSync(join(folder, 'assets', name)))]),
    ),
  }
}

function file(extension: string, bytes: Buffer): PageFile {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 27)
  return { type: types[extension] ?? 'application/octet-stream', etag: `"${hash}"`, bytes }
}

/** JSON, inside of an attribute in double quotes. */
const attribute = (settings: PageSettings): string =>
  JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;')
