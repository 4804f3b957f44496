/** Reasons for a rejection. The keys are stable. The text is the default message, if no more specific one exists. */
export const reasons = {
  unsupported_format: 'This file is not in an accepted image format',
  too_many_pixels: 'This picture has too many pixels; send a smaller one',
  too_large_decoded: 'This picture takes too much memory when opened; send a smaller one',
  too_many_frames: 'This animation has too many frames; send a still picture or a shorter one',
  corrupt: 'This file is damaged and cannot be opened as a picture; export it again',
  truncated: 'This file ends too early; send the whole picture again',
  timed_out: 'This picture took too long to process; send a smaller or simpler one',
  empty: 'This picture has no pixels',
  unprocessable: 'This picture cannot be processed; send another one',
  crop_outside: 'The crop rectangle lies outside the picture',
} as const

export type Reason = keyof typeof reasons
export const reasonWords = Object.keys(reasons) as Reason[]
