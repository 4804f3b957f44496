import type { Page } from 'playwright-core'

/** What Chromium shows of a file. */
export interface ChromiumView {
  readonly width: number
  readonly height: number
  /** The centred square on white, scaled to `side`: three bytes a pixel. */
  readonly square: Buffer
}

/**
 * Opens a file as `<img>` does.
 * @param side pixels of the square; the square is not enlarged if the picture is smaller
 * @returns undefined if Chromium cannot decode the complete file
 */
export async function viewInChromium(
  page: Page,
  file: Buffer,
  side: number,
): Promise<ChromiumView | undefined> {
  const shown = await page.evaluate(paintSquare, { base64: file.toString('base64'), side })
  if (!shown) return undefined
  const { width, height, rgb } = shown
  return { width, height, square: Buffer.from(rgb, 'base64') }
}

/** Runs in the page. */
async function paintSquare({ base64, side }: { base64: string; side: number }) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const url = URL.createObjectURL(new Blob([bytes]))
  try {
    const picture = new Image()
    picture.src = url
    const complete = await picture.decode().then(
      () => true,
      () => false,
    )
    const { naturalWidth: width, naturalHeight: height } = picture
    if (!complete || width * height === 0) return undefined
    const from = Math.min(width, height)
    const to = Math.min(side, from)
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: to, height: to })
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.fillStyle = '#fff'
    context.fillRect(0, 0, to, to)
    context.imageSmoothingQuality = 'high'
    const [x, y] = [Math.floor((width - from) / 2), Math.floor((height - from) / 2)]
    context.drawImage(picture, x, y, from, from, 0, 0, to, to)
    const { data } = context.getImageData(0, 0, to, to)
    let rgb = ''
    for (let at = 0; at < data.length; at += 4)
      rgb += String.fromCharCode(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
    return { width, height, rgb: btoa(rgb) }
  } finally {
    URL.revokeObjectURL(url)
  }
}
