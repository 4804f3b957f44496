import type { FileView } from '../view/view.ts'
import { applyChanges, type Changes, NONE } from './changes.ts'
import { colourChanges } from './colour.ts'
import { isExif, isPlainOrientation, shownOrientation, writeExif } from './exif.ts'
import { readHeader, type Segment } from './markers.ts'

/** Rewrites the header so that libvips sees the orientation and the colours that Chromium shows. */
export function openJpeg(bytes: Buffer): FileView {
  const segments = [...readHeader(bytes)]
  const changes = [orientationChanges(segments), colourChanges(segments)]
  return { format: 'jpeg', file: applyChanges(bytes, changes) }
}

function orientationChanges(segments: readonly Segment[]): Changes {
  const exif = segments.filter(isExif)
  const shown = shownOrientation(exif)
  if (isPlainOrientation(exif, shown)) return NONE
  return { removed: exif, added: shown === 1 ? [] : [writeExif(shown)] }
}
