import { byId } from './dom.ts'
import type { Frame } from './frame.ts'

/** Paints the picture's frame wherever the page shows how a face will look. Without one: the whole picture. */
export function paintFaces(picture: CanvasImageSource, frame: Frame): void {
  for (const canvas of byId('appearances').querySelectorAll('canvas')) {
    const side = Math.round(Number(canvas.dataset.side) * devicePixelRatio)
    canvas.width = side
    canvas.height = side
    const context = canvas.getContext('2d')
    if (!context) continue
    context.imageSmoothingQuality = 'high'
    context.drawImage(picture, frame.x, frame.y, frame.side, frame.side, 0, 0, side, side)
  }
}

/** As much of a picture as a preview needs, so that painting it again and again costs little. */
const ENOUGH = 1024

export interface Proof {
  readonly canvas: HTMLCanvasElement
  /** Pixels of this for one of the picture. */
  readonly scale: number
}

export function proofOf(picture: HTMLImageElement): Proof {
  const { naturalWidth: width, naturalHeight: height } = picture
  const scale = Math.min(1, ENOUGH / Math.min(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return { canvas, scale }
}

export function paintProof({ canvas, scale }: Proof, { x, y, side }: Frame): void {
  paintFaces(canvas, { x: x * scale, y: y * scale, side: side * scale })
}
