import { isHeic } from './check.ts'
import { type Cropper, openCropper } from './cropper.ts'
import { announce, byId } from './dom.ts'
import {
  type Bounds,
  centreFrame,
  type Frame,
  minSide,
  resizeFrame,
  roundFrame,
  shorterSide,
} from './frame.ts'
import { heicToPng } from './heic.ts'
import { paintReducedPreviews, reducePicture } from './previews.ts'

/** The cropper for one picture. */
export interface Framing {
  /** Returns the frame in whole pixels of the upright picture. */
  crop(): { x: number; y: number; width: number; height: number }
  /** Returns the framed part as a data URL of a JPEG with this side. */
  renderFrame(side: number): string
  focus(): void
  close(): void
}

/**
 * Loads a file as an image. The caller must revoke the object URL in `src`.
 * @returns undefined if neither the browser nor the page can show the file
 */
export async function loadPicture(file: Blob): Promise<HTMLImageElement | undefined> {
  const picture = await loadImage(file)
  if (picture || !(await isHeic(file))) return picture
  const png = await heicToPng(file)
  return png && loadImage(png)
}

async function loadImage(file: Blob): Promise<HTMLImageElement | undefined> {
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  // A truncated picture fails to decode, but the browser shows its first part.
  await picture.decode().catch(() => {})
  if (picture.naturalWidth > 0) return picture
  URL.revokeObjectURL(picture.src)
  return undefined
}

/**
 * Opens the cropper with its slider, previews and screen reader announcements.
 * @param scale pixels of the file for one natural pixel of the picture
 */
export function openFraming(picture: HTMLImageElement, scale = 1): Framing {
  const bounds: Bounds = { width: picture.naturalWidth, height: picture.naturalHeight }
  const reduced = reducePicture(picture)
  const zoom = byId('zoom', 'input')
  const announceFrame = createFrameAnnouncer(bounds)
  byId('appearances').hidden = false

  const onChange = (frame: Frame, byKey: boolean) => {
    zoom.value = `${zoomOf(frame, bounds)}`
    const { side } = roundFrame(frame, bounds)
    byId('zoom-figures').textContent = `${side} × ${side} px`
    zoom.setAttribute('aria-valuetext', `${side} by ${side} pixels`)
    paintReducedPreviews(reduced, frame)
    if (byKey) announceFrame(frame)
  }
  const cropper: Cropper = openCropper(byId('cropper'), picture, centreFrame(bounds), onChange)
  zoom.oninput = () => {
    const span = shorterSide(bounds) - minSide(bounds)
    const side = minSide(bounds) + (Number(zoom.value) / 100) * span
    cropper.frame = resizeFrame(cropper.frame, side, bounds)
  }

  return {
    crop() {
      const { x, y, side } = cropper.frame
      const frame = { x: x * scale, y: y * scale, side: side * scale }
      const rounded = roundFrame(frame, {
        width: Math.round(bounds.width * scale),
        height: Math.round(bounds.height * scale),
      })
      return { x: rounded.x, y: rounded.y, width: rounded.side, height: rounded.side }
    },
    renderFrame(side) {
      const canvas = document.createElement('canvas')
      canvas.width = side
      canvas.height = side
      const { x, y, side: from } = cropper.frame
      const args = [x, y, from].map((value) => value * reduced.scale) as [number, number, number]
      canvas.getContext('2d')?.drawImage(reduced.canvas, ...args, args[2], 0, 0, side, side)
      return canvas.toDataURL('image/jpeg', 0.9)
    },
    focus: () => cropper.focus(),
    close() {
      cropper.close()
      URL.revokeObjectURL(picture.src)
    },
  }
}

function zoomOf({ side }: Frame, bounds: Bounds): number {
  const span = shorterSide(bounds) - minSide(bounds)
  return span === 0 ? 100 : Math.round(((side - minSide(bounds)) / span) * 100)
}

/** Announces the frame 400 ms after the last key press. */
function createFrameAnnouncer(bounds: Bounds): (frame: Frame) => void {
  let timer: ReturnType<typeof setTimeout>
  return (frame) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const { x, y, side } = roundFrame(frame, bounds)
      announce(`Frame of ${side} pixels, ${x} from the left, ${y} from the top`)
    }, 400)
  }
}
