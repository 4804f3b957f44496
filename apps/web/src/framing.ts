import { type Cropper, openCropper } from './cropper.ts'
import { announce, byId } from './dom.ts'
import { paintProof, proofOf } from './faces.ts'
import { type Bounds, centred, type Frame, leastSide, shortest, sized, whole } from './frame.ts'

/** The picture that is being framed. */
export interface Framing {
  /** In whole pixels of the upright picture. */
  crop(): { x: number; y: number; width: number; height: number }
  /** The framed part, as a small picture. */
  cutOut(side: number): string
  focus(): void
  close(): void
}

/** The picture as this browser can show it, by an address to be revoked; undefined where it cannot. */
export async function opened(file: Blob): Promise<HTMLImageElement | undefined> {
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  // What is cut short cannot be decoded whole, and is shown as far as it goes.
  await picture.decode().catch(() => {})
  if (picture.naturalWidth > 0) return picture
  URL.revokeObjectURL(picture.src)
  return undefined
}

/** Opens the cropper and what belongs to it: the slider, the previews, and what is told of it. */
export function openFraming(picture: HTMLImageElement): Framing {
  const bounds: Bounds = { width: picture.naturalWidth, height: picture.naturalHeight }
  const proof = proofOf(picture)
  const zoom = byId('zoom', 'input')
  const telling = teller(bounds)
  byId('appearances').hidden = false

  const onChange = (frame: Frame, byKey: boolean) => {
    zoom.value = `${zoomOf(frame, bounds)}`
    const { side } = whole(frame, bounds)
    byId('zoom-figures').textContent = `${side} × ${side} px`
    zoom.setAttribute('aria-valuetext', `${side} by ${side} pixels`)
    paintProof(proof, frame)
    if (byKey) telling(frame)
  }
  const cropper: Cropper = openCropper(byId('cropper'), picture, centred(bounds), onChange)
  zoom.oninput = () => {
    const span = shortest(bounds) - leastSide(bounds)
    const side = leastSide(bounds) + (Number(zoom.value) / 100) * span
    cropper.frame = sized(cropper.frame, side, bounds)
  }

  return {
    crop() {
      const { x, y, side } = whole(cropper.frame, bounds)
      return { x, y, width: side, height: side }
    },
    cutOut(side) {
      const canvas = document.createElement('canvas')
      canvas.width = side
      canvas.height = side
      const { x, y, side: from } = cropper.frame
      const args = [x, y, from].map((one) => one * proof.scale) as [number, number, number]
      canvas.getContext('2d')?.drawImage(proof.canvas, ...args, args[2], 0, 0, side, side)
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
  const span = shortest(bounds) - leastSide(bounds)
  return span === 0 ? 100 : Math.round(((side - leastSide(bounds)) / span) * 100)
}

/** Says where the frame is, once the keys have come to rest. */
function teller(bounds: Bounds): (frame: Frame) => void {
  let rest: ReturnType<typeof setTimeout>
  return (frame) => {
    clearTimeout(rest)
    rest = setTimeout(() => {
      const { x, y, side } = whole(frame, bounds)
      announce(`Frame of ${side} pixels, ${x} from the left, ${y} from the top`)
    }, 400)
  }
}
