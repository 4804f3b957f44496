import { photo } from './photo.ts'

/** Pictures that cost little: of 64 pixels a side, which makes two variants, and of 300, which makes eight. */
export const tiny = (seed = 1) => photo({ width: 64, height: 64, seed })
export const whole = (seed = 1) => photo({ width: 300, height: 300, seed })

/** Accepted, as its head is one of a JPEG; rejected, as the rest is missing. */
export const truncated = async () => {
  const picture = await whole()
  return picture.subarray(0, picture.length / 2)
}
