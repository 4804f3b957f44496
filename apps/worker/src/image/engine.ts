import { defaultSourceFormats, type SourceFormat } from '@visage/shared/avatar/formats'
import sharp from 'sharp'

/** libvips' names of the operations that load each format from a buffer. libvips does not load HEIC. */
const LOADERS: Readonly<Partial<Record<SourceFormat, string>>> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
}

/** Configures libvips for this process: accepted formats only, no operation cache, one thread an operation. */
export function prepareEngine(accept: readonly SourceFormat[] = defaultSourceFormats): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: accept.flatMap((format) => LOADERS[format] ?? []) })
  sharp.cache(false)
  sharp.concurrency(1)
}
