import { acceptedByDefault, type SourceFormat } from '@visage/shared/avatar/formats'
import sharp from 'sharp'

/** libvips' names for the loaders of the formats, from memory. */
const LOADERS: Readonly<Record<SourceFormat, string>> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
}

/** Once for each process: libvips opens nothing but the accepted formats, keeps nothing, and uses one thread a job. */
export function prepareEngine(accept: readonly SourceFormat[] = acceptedByDefault): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: accept.map((format) => LOADERS[format]) })
  sharp.cache(false)
  sharp.concurrency(1)
}
