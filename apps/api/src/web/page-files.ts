import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '@visage/shared/lifecycle/start-error'

/** One file of the page, as the API sends it. */
export interface PageFile {
  readonly type: string
  readonly etag: string
  readonly bytes: Buffer
}

export interface PageFiles {
  readonly index: PageFile
  /** By file name. Each name contains a hash of the content. */
  readonly assets: ReadonlyMap<string, PageFile>
}

/** The settings that the API writes into the page. */
export interface PageSettings {
  /** The path prefix of the API; empty without a prefix. */
  readonly api: string
  readonly maxUploadBytes: number
  readonly maxPixels: number
  readonly accept: readonly string[]
}

/** The output folder of `npm run build`. */
const BUILD_FOLDER = fileURLToPath(new URL('../../../web/dist/', import.meta.url))

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * Reads the built page into memory, once at startup. Request paths never reach the file system.
 * @throws StartError if the page is not built
 */
export function readPage(settings: PageSettings, folder = BUILD_FOLDER): PageFiles {
  const index = join(folder, 'index.html')
  if (!existsSync(index))
    throw new StartError('WEB is true, but the page is not built; run `npm run build`')
  const html = readFileSync(index, 'utf8').replace('%SETTINGS%', () => attributeValue(settings))
  const names = readdirSync(join(folder, 'assets'))
  return {
    index: pageFile('.html', Buffer.from(html)),
    assets: new Map(
      names.map((name) => [
        name,
        pageFile(extname(name), readFileSync(join(folder, 'assets', name))),
      ]),
    ),
  }
}

function pageFile(extension: string, bytes: Buffer): PageFile {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 27)
  return { type: MEDIA_TYPES[extension] ?? 'application/octet-stream', etag: `"${hash}"`, bytes }
}

/** Encodes the settings as JSON for an HTML attribute in double quotes. */
const attributeValue = (settings: PageSettings): string =>
  JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;')
