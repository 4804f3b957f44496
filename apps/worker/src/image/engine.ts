import sharp from 'sharp'

/** libvips' names for the loaders of the accepted formats, from memory. */
const LOADERS = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadNsgifBuffer',
]

/** Once for each process: libvips opens nothing but the accepted formats, keeps nothing, and uses one thread a job. */
export function prepareEngine(): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: LOADERS })
  sharp.cache(false)
  sharp.concurrency(1)
}
