import type { View } from '../view/view.ts'
import { coversCanvas, findFirstFrame } from './animation.ts'
import { frameOnCanvas, refusedView } from './canvas.ts'
import { isSound } from './chunks.ts'
import { colourOf, hasRefusedCicp } from './colour.ts'
import { isGrey, type PngHeader, readPngHeader } from './header.ts'
import { type HeaderChanges, rewritePng } from './rewrite.ts'

/** Opens a PNG with the colours, the orientation and the first frame that Chromium shows. Decodes no pixels. */
export function openPng(png: Buffer): View {
  const header = readPngHeader(png)
  if (!header) return { format: 'png', file: png }
  if (isRefused(png, header)) return refusedView(header, 'corrupt')
  const frame = findFirstFrame(png, header)
  if (frame === 'missing') return refusedView(header, hasEnd(png) ? 'corrupt' : 'truncated')
  const { profile, ...colours } = colourChanges(header)
  const decoded = profile ? { profile } : {}
  if (frame === 'default')
    return { format: 'png', file: rewritePng(png, header, colours), ...decoded }
  const dropExif = !coversCanvas(frame, header)
  const file = rewritePng(png, header, { ...colours, frame, dropExif })
  if (dropExif) return frameOnCanvas(file, header, frame, profile)
  return { format: 'png', file, ...decoded }
}

/** Chromium refuses damage in these chunks even where it does not need them, and frame data before the picture. */
function isRefused(png: Buffer, header: PngHeader): boolean {
  const [palette, control] = [header.chunks.get('PLTE'), header.chunks.get('fcTL')]
  const damaged = [palette, control].some((chunk) => chunk && !isSound(png, chunk))
  return damaged || header.chunks.has('fdAT') || hasRefusedCicp(header)
}

/** @returns `profile` for grey samples: libvips and sharp apply an embedded RGB profile to RGB samples only */
function colourChanges(
  header: PngHeader,
): Pick<HeaderChanges, 'colours'> & { readonly profile?: Buffer } {
  const { profile, embedded } = colourOf(header)
  if (embedded) return {}
  if (profile && isGrey(header)) return { colours: { profile: undefined }, profile }
  return profile || header.chunks.has('iCCP') ? { colours: { profile } } : {}
}

/** The last chunk, IEND, has no data. */
const hasEnd = (png: Buffer): boolean =>
  png.includes('IEND', Math.max(0, png.length - 64), 'latin1')
