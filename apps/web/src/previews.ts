import { byId } from './dom.ts'
import type { Frame } from './frame.ts'

/** Paints the framed part of a picture into every preview on the page. */
export function paintPreviews(picture: CanvasImageSource, frame: Frame): void {
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

/** Pixels of the shorter side. Larger pictures are reduced to this size once, so that repainting is fast. */
const MAX_SIDE = 1024

/** A reduced copy of a picture. */
export interface ReducedPicture {
  readonly canvas: HTMLCanvasElement
  /** Pixels of the copy for one pixel of the picture; at most 1. */
  readonly scale: number
}

export function reducePicture(picture: HTMLImageElement): ReducedPicture {
  const { naturalWidth: width, naturalHeight: height } = picture
  const scale = Math.min(1, MAX_SIDE / Math.min(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return { canvas, scale }
}

/** @param frame in pixels of the full picture */
export function paintReducedPreviews(reduced: ReducedPicture, frame: Frame): void {
  const { canvas, scale } = reduced
  paintPreviews(canvas, { x: frame.x * scale, y: frame.y * scale, side: frame.side * scale })
}
