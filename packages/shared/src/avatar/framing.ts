/** A rectangle in pixels of the picture as a person sees it, after orientation. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What chooses the square that is cut out: its middle, what draws the eye, or what holds most detail. */
export const gravities = ['centre', 'attention', 'entropy'] as const
export type Gravity = (typeof gravities)[number]

/** Which square of a picture is shown. A rectangle that is none is covered around its own middle. */
export type Framing = { readonly gravity: Gravity } | { readonly crop: Rectangle }

export const CENTRED: Framing = { gravity: 'centre' }

const RECTANGLE = /^(\d{1,6}),(\d{1,6}),([1-9]\d{0,5}),([1-9]\d{0,5})$/

/** @param text `x,y,width,height`  @returns undefined for anything else */
export function parseRectangle(text: string): Rectangle | undefined {
  const [, x, y, width, height] = RECTANGLE.exec(text) ?? []
  if (!x || !y || !width || !height) return undefined
  return { x: Number(x), y: Number(y), width: Number(width), height: Number(height) }
}

export function isGravity(text: string): text is Gravity {
  return (gravities as readonly string[]).includes(text)
}

/** As one word, for a job and for an object's metadata: `attention`, or `10,20,300,300`. */
export function formatFraming(framing: Framing): string {
  if ('gravity' in framing) return framing.gravity
  const { x, y, width, height } = framing.crop
  return [x, y, width, height].join(',')
}

/** The reverse; what it cannot read, an upload from before there were framings included, is centred. */
export function parseFraming(text: string | undefined): Framing {
  if (text === undefined) return CENTRED
  if (isGravity(text)) return { gravity: text }
  const crop = parseRectangle(text)
  return crop ? { crop } : CENTRED
}
