import type { FileView } from '../view/view.ts'
import { isExif, isPlainOrientation, shownOrientation, writeExif } from './exif.ts'
import { readHeader, type Segment } from './markers.ts'

/** Segments of a header that libvips would read differently from Chromium, and those that replace them. */
export interface Changes {
  readonly removed: readonly Segment[]
  readonly added: readonly Buffer[]
}

/** Rewrites the header so that libvips sees the orientation and the colours that Chromium shows. */
export function openJpeg(bytes: Buffer): FileView {
  const segments = [...readHeader(bytes)]
  const changes = [orientationChanges(segments)]
  return { format: 'jpeg', file: applyChanges(bytes, changes) }
}

const AFTER_START = 2

function applyChanges(bytes: Buffer, changes: readonly Changes[]): Buffer {
  const removed = changes.flatMap((change) => change.removed).sort((a, b) => a.from - b.from)
  const added = changes.flatMap((change) => change.added)
  if (removed.length + added.length === 0) return bytes
  const parts = [bytes.subarray(0, AFTER_START), ...added]
  let at = AFTER_START
  for (const { from, to } of removed) {
    parts.push(bytes.subarray(at, from))
    at = to
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

const NONE: Changes = { removed: [], added: [] }

function orientationChanges(segments: readonly Segment[]): Changes {
  const exif = segments.filter(isExif)
  const shown = shownOrientation(exif)
  if (isPlainOrientation(exif, shown)) return NONE
  return { removed: exif, added: shown === 1 ? [] : [writeExif(shown)] }
}
