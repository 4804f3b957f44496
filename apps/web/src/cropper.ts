import { CropperCanvas, CropperHandle, CropperSelection, CropperShade } from '@cropper/elements'
import { type Bounds, clampFrame, dragCorner, type Frame, moveByKey } from './frame.ts'

for (const element of [CropperCanvas, CropperHandle, CropperSelection, CropperShade]) {
  element.$define()
}

export interface Cropper {
  frame: Frame
  /** Moves the keyboard focus to the frame. */
  focus(): void
  close(): void
}

interface SelectionDetail extends Bounds {
  readonly x: number
  readonly y: number
}

/** Tolerance in screen pixels for two equal widths of the library's selection. */
const TOLERANCE = 0.01

/**
 * Shows the complete picture with a square frame that stays inside the picture. The frame is in pixels of the picture.
 * The library's selection is in screen pixels and is placed again after each change of the layout.
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
  /**
   * True during a drag. The library also changes its selection before it knows the picture; such changes are ignored.
   */
  let dragging = false

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
  const setFrame = (next: Frame, byKey = false) => {
    frame = next
    place()
    onChange(frame, byKey)
  }
  const onSelection = (event: Event) => {
    if (!dragging) return
    const { x, y, width } = (event as CustomEvent<SelectionDetail>).detail
    const { scale, left, top } = layout()
    const wanted = { x: (x - left) / scale, y: (y - top) / scale, side: width / scale }
    const sameSize = Math.abs(width - selection.width) < TOLERANCE
    event.preventDefault()
    dragging = false
    setFrame(
      sameSize
        ? clampFrame({ ...wanted, side: frame.side }, bounds)
        : dragCorner(frame, wanted, bounds),
    )
    dragging = true
  }
  const onKey = (event: KeyboardEvent) => {
    const next = moveByKey(frame, event.key, event.shiftKey, bounds)
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    setFrame(next, true)
  }
  canvas.addEventListener('actionstart', () => {
    dragging = true
  })
  canvas.addEventListener('actionend', () => {
    dragging = false
  })
  selection.addEventListener('change', onSelection)
  selection.addEventListener('keydown', onKey)
  const observer = new ResizeObserver(place)
  observer.observe(canvas)
  onChange(frame, false)

  return {
    get frame() {
      return frame
    },
    set frame(next) {
      setFrame(next)
    },
    focus: () => selection.focus(),
    close() {
      observer.disconnect()
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

interface CropperElements {
  'cropper-canvas': CropperCanvas
  'cropper-handle': CropperHandle
  'cropper-selection': CropperSelection
  'cropper-shade': CropperShade
}

function element<K extends keyof CropperElements>(
  tag: K,
  attributes: Record<string, string> = {},
): CropperElements[K] {
  const created = document.createElement(tag) as unknown as CropperElements[K]
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value)
  return created
}
