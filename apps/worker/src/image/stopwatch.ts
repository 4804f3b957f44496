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

/** Measures the steps of rendering one picture. Adds up the times of a step that runs several times. */
export class Stopwatch {
  /** Seconds of each step that ran, including a step that failed. */
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
