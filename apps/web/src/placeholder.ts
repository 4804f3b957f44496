import { thumbHashToRGBA } from 'thumbhash'

/** Paints a base64 thumbhash over the whole canvas. */
export function paintPlaceholder(canvas: HTMLCanvasElement, base64: string): void {
  const hash = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const { w, h, rgba } = thumbHashToRGBA(hash)
  canvas.width = w
  canvas.height = h
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(rgba), w, h), 0, 0)
}
