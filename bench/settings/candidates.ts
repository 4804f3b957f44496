import type { Sharp } from 'sharp'

export interface Candidate {
  readonly format: 'webp' | 'jpeg' | 'avif' | 'png'
  /** Description of the settings. */
  readonly settings: string
  readonly encode: (square: Sharp) => Sharp
}

const opaque = (square: Sharp) => square.flatten({ background: '#ffffff' })

const webp = [75, 80, 85].flatMap((quality) =>
  [2, 3, 4, 5, 6].flatMap((effort) =>
    [false, true].map(
      (smartSubsample): Candidate => ({
        format: 'webp',
        settings: `quality ${quality}, effort ${effort}${smartSubsample ? ', smart subsample' : ''}`,
        encode: (square) => square.webp({ quality, effort, smartSubsample }),
      }),
    ),
  ),
)

/** `mozjpeg` is always progressive. */
const jpegKinds = {
  'default tables': { optimiseCoding: false },
  plain: {},
  progressive: { progressive: true },
  mozjpeg: { mozjpeg: true },
}

const jpeg = [78, 80, 82, 86].flatMap((quality) =>
  Object.entries(jpegKinds).flatMap(([kind, options]) =>
    (['4:2:0', '4:4:4'] as const).map(
      (chromaSubsampling): Candidate => ({
        format: 'jpeg',
        settings: `quality ${quality}, ${kind}, ${chromaSubsampling}`,
        encode: (square) => opaque(square).jpeg({ quality, chromaSubsampling, ...options }),
      }),
    ),
  ),
)

const avif = [50, 60].flatMap((quality) =>
  [0, 1, 2, 4].map(
    (effort): Candidate => ({
      format: 'avif',
      settings: `quality ${quality}, effort ${effort}`,
      encode: (square) => square.avif({ quality, effort }),
    }),
  ),
)

const png = [
  ...[3, 6, 9].map((compressionLevel) => ({ compressionLevel })),
  ...[1, 4, 7, 10].map((effort) => ({ palette: true, effort })),
].map(
  (options): Candidate => ({
    format: 'png',
    settings:
      'effort' in options
        ? `palette, effort ${options.effort}`
        : `level ${options.compressionLevel}`,
    encode: (square) => square.png(options),
  }),
)

export const candidates: readonly Candidate[] = [...webp, ...jpeg, ...avif, ...png]
