/** A rectangle in pixels of the picture, with orientation applied. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Ways to choose the square that is cropped: the centre, the most eye-catching region, or the most detailed region. */
export const gravities = ['centre', 'attention', 'entropy'] as const
export type Gravity = (typeof gravities)[number]

/** The part of a picture that is shown. A rectangle that is not a square is cropped to its central square. */
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

/** Formats a framing for a job and for an object's metadata, such as `attention` or `10,20,300,300`. */
export function formatFraming(framing: Framing): string {
  if ('gravity' in framing) return framing.gravity
  const { x, y, width, height } = framing.crop
  return [x, y, width, height].join(',')
}

/** Parses the result of `formatFraming`. Any other text, and the missing framing of an old upload, means centred. */
export function parseFraming(text: string | undefined): Framing {
  if (text === undefined) return CENTRED
  if (isGravity(text)) return { gravity: text }
  const crop = parseRectangle(text)
  return crop ? { crop } : CENTRED
}
