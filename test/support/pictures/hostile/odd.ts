import type { Reason } from '@visage/shared/errors/reasons'

/** Unusual file, and the colour of its middle or the reason of its rejection. */
export interface Odd {
  readonly name: string
  readonly make: () => Buffer | Promise<Buffer>
  readonly shows?: readonly number[]
  /** Allowed outcomes. */
  readonly refused?: readonly Reason[]
}

export const RED = [220, 40, 40] as const
export const GREY = [180, 180, 180] as const
