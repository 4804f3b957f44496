import { CropperCanvas, CropperHandle, CropperSelection, CropperShade } from '@cropper/elements'
import { type Bounds, type Frame, pulled, steered, within } from './frame.ts'

for (const part of [CropperCanvas, CropperHandle, CropperSelection, CropperShade]) {
  part.$define()
}

export interface Cropper {
  frame: Frame
  /** Puts the keyboard on the frame. */
  focus(): void
  close(): void
}

interface Detail extends Bounds {
  readonly x: number
  readonly y: number
}

/** How far, in pixels of the screen, two frames of the library's count as the same. */
const SAME = 0.01

/**
 * Shows a picture whole, with a square frame on it that stays inside. The frame is held in pixels of the
 * picture; the library's is in pixels of the screen, and is put in its place whenever that changes.
 */
export function openCropper(
  container: HTMLElement,
  picture: HTMLImageElement,
  start: Frame,
  onChange: (frame: Frame, byKey: boolean) => void,
): Cropper {
  const bounds = { width: picture.naturalWidth, height: picture.naturalHeight }
  const canvas = element('cropper-canvas')
  const selection = frameElement()
  Object.assign(picture, { className: 'framed', alt: 'The picture to frame', draggable: false })
  canvas.append(
    picture,
    element('cropper-shade', { 'theme-color': 'rgb(12 16 14 / 62%)' }),
    selection,
  )
  container.replaceChildren(canvas)
  let frame = start
  /** The library also changes its frame by itself, before it knows the picture: only a hand counts. */
  let handled = false

  const layout = () => {
    const scale = Math.min(canvas.clientWidth / bounds.width, canvas.clientHeight / bounds.height)
    const left = (canvas.clientWidth - bounds.width * scale) / 2
    const top = (canvas.clientHeight - bounds.height * scale) / 2
    return { scale, left, top }
  }
  const place = () => {
    const { scale, left, top } = layout()
    const side = frame.side * scale
    selection.$change(left + frame.x * scale, top + frame.y * scale, side, side)
  }
  const set = (to: Frame, byKey = false) => {
    frame = to
    place()
    onChange(frame, byKey)
  }
  const onSelection = (event: Event) => {
    if (!handled) return
    const { x, y, width } = (event as CustomEvent<Detail>).detail
    const { scale, left, top } = layout()
    const wanted = { x: (x - left) / scale, y: (y - top) / scale, side: width / scale }
    const moved = Math.abs(width - selection.width) < SAME
    event.preventDefault()
    handled = false
    set(moved ? within({ ...wanted, side: frame.side }, bounds) : pulled(frame, wanted, bounds))
    handled = true
  }
  const onKey = (event: KeyboardEvent) => {
    const to = steered(frame, event.key, event.shiftKey, bounds)
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    set(to, true)
  }
  canvas.addEventListener('actionstart', () => {
    handled = true
  })
  canvas.addEventListener('actionend', () => {
    handled = false
  })
  selection.addEventListener('change', onSelection)
  selection.addEventListener('keydown', onKey)
  const resized = new ResizeObserver(place)
  resized.observe(canvas)
  onChange(frame, false)

  return {
    get frame() {
      return frame
    },
    set frame(to) {
      set(to)
    },
    focus: () => selection.focus(),
    close() {
      resized.disconnect()
      container.replaceChildren()
    },
  }
}

function frameElement(): CropperSelection {
  const selection = element('cropper-selection', {
    'aspect-ratio': '1',
    movable: '',
    resizable: '',
    precise: '',
    tabindex: '0',
    role: 'application',
    'aria-label': 'Frame',
    'aria-describedby': 'frame-hint',
  })
  selection.append(element('cropper-handle', { action: 'move', plain: '' }))
  for (const corner of ['nw', 'ne', 'sw', 'se']) {
    selection.append(element('cropper-handle', { action: `${corner}-resize` }))
  }
  return selection
}

interface Parts {
  'cropper-canvas': CropperCanvas
  'cropper-handle': CropperHandle
  'cropper-selection': CropperSelection
  'cropper-shade': CropperShade
}

function element<K extends keyof Parts>(tag: K, attributes: Record<string, string> = {}): Parts[K] {
  const made = document.createElement(tag) as unknown as Parts[K]
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}
