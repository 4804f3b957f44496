import { variantFormats } from '@visage/shared/avatar/recipe'

export const renderSteps = [
  'inspect',
  'decode',
  'shrink',
  ...variantFormats.map((format) => `encode_${format}` as const),
  'animate',
  'placeholder',
] as const

export type RenderStep = (typeof renderSteps)[number]

/** Where the time of one picture goes. A step that is taken several times counts as one. */
export class Stopwatch {
  /** Of the steps that were taken, one that failed included. */
  readonly seconds: Partial<Record<RenderStep, number>> = {}

  async time<T>(step: RenderStep, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    try {
      return await work()
    } finally {
      const took = (performance.now() - started) / 1000
      this.seconds[step] = (this.seconds[step] ?? 0) + took
    }
  }
}
