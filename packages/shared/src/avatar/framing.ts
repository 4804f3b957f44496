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

/** Pixels by which a rectangle may leave the picture: a client that rounds each value alone can be off by one. */
export const CROP_TOLERANCE = 1

const NUMBER = /^-?\d{1,6}(\.\d{1,9})?$/

/**
 * Parses `x,y,width,height`. Rounds to whole pixels. Spaces around a number are allowed.
 * @returns undefined for any other text, and for a rectangle that no picture can contain
 */
export function parseRectangle(text: string): Rectangle | undefined {
  const parts = text.split(',').map((part) => part.trim())
  if (parts.length !== 4 || !parts.every((part) => NUMBER.test(part))) return undefined
  // Adding 0 turns -0 into 0.
  const [x = 0, y = 0, width = 0, height = 0] = parts.map((part) => Math.round(Number(part)) + 0)
  if (Math.min(x, y) < -CROP_TOLERANCE || Math.min(width, height) < 1) return undefined
  return { x, y, width, height }
}

/** Understands the American spelling too.  @returns undefined for any other text */
export function parseGravity(text: string): Gravity | undefined {
  return text === 'center' ? 'centre' : gravities.find((gravity) => gravity === text)
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
  const gravity = parseGravity(text)
  if (gravity) return { gravity }
  const crop = parseRectangle(text)
  return crop ? { crop } : CENTRED
}
