import { photo } from './photo.ts'

/** Cheap pictures: 64 pixels a side have two variants, 300 pixels have eight. */
export const tiny = (seed = 1) => photo({ width: 64, height: 64, seed })
export const whole = (seed = 1) => photo({ width: 300, height: 300, seed })

/** Picture that is accepted by its JPEG header and rejected as truncated. */
export const truncated = async () => {
  const picture = await whole()
  return picture.subarray(0, picture.length / 2)
}
