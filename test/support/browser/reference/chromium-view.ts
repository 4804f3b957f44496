import type { Page } from 'playwright-core'

/** What Chromium shows of a file. */
export interface ChromiumView {
  readonly width: number
  readonly height: number
  /** Whether Chromium decodes all of the file. Otherwise `<img>` shows a part of it without an error. */
  readonly complete: boolean
  /** The centred square on white, scaled to `side`: three bytes a pixel. */
  readonly square: Buffer
}

/**
 * Opens a file as `<img>` does.
 * @param side pixels of the square; the square is not enlarged if the picture is smaller
 * @returns undefined if Chromium shows nothing
 */
export async function viewInChromium(
  page: Page,
  file: Buffer,
  side: number,
): Promise<ChromiumView | undefined> {
  const shown = await page.evaluate(paintSquare, { base64: file.toString('base64'), side })
  if (!shown) return undefined
  const { rgb, ...view } = shown
  return { ...view, square: Buffer.from(rgb, 'base64') }
}

/** Runs in the page. */
async function paintSquare({ base64, side }: { base64: string; side: number }) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const file = new Blob([bytes])
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  const shown = await picture.decode().then(
    () => true,
    () => false,
  )
  if (!shown) return undefined
  // A bitmap cannot be made if a part is missing, except of a JPEG. It always has the first frame.
  const bitmap = await createImageBitmap(file).catch(() => undefined)
  const decoded = bitmap ?? picture
  const { width, height } = bitmap ?? { width: picture.naturalWidth, height: picture.naturalHeight }
  const from = Math.min(width, height)
  const to = Math.min(side, from)
  const draw = () => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: to, height: to })
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.imageSmoothingQuality = 'high'
    return context
  }
  const [x, y] = [Math.ceil((width - from) / 2), Math.ceil((height - from) / 2)]
  const paint = (context: CanvasRenderingContext2D) => {
    context.drawImage(decoded, x, y, from, from, 0, 0, to, to)
    return context.getImageData(0, 0, to, to).data
  }
  let complete = bitmap !== undefined
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const pixels = paint(draw())
    for (let at = 3; at < pixels.length; at += 4) if (pixels[at] === 0) complete = false
  }
  const context = draw()
  context.fillStyle = '#fff'
  context.fillRect(0, 0, to, to)
  const data = paint(context)
  let rgb = ''
  for (let at = 0; at < data.length; at += 4)
    rgb += String.fromCharCode(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
  URL.revokeObjectURL(picture.src)
  return { width, height, complete, rgb: btoa(rgb) }
}
