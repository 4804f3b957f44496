import type { Reason } from '@visage/shared/errors/reasons'

/** A file as few programs write it: what it shows in its middle, or why it is refused. */
export interface Odd {
  readonly name: string
  readonly make: () => Buffer | Promise<Buffer>
  readonly shows?: readonly number[]
  /** More than one where either is right. */
  readonly refused?: readonly Reason[]
}

export const RED = [220, 40, 40] as const
export const GREY = [180, 180, 180] as const
