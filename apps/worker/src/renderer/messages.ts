import type { Framing } from '@visage/shared/avatar/framing'
import type { Recipe } from '@visage/shared/avatar/recipe'
import type { Reason } from '@visage/shared/errors/reasons'
import type { Limits } from '../image/limits.ts'
import type { Rendered } from '../image/render.ts'

/** What a render process is told when it starts, as JSON in its first argument. */
export interface Setup {
  readonly recipe: Recipe
  readonly limits: Limits
}

/** One picture. Buffers travel as bytes, so nothing is encoded. */
export interface Order {
  readonly bytes: Buffer
  readonly framing: Framing
}

/** What a render process says: once that it is ready, then one answer to each order. */
export type Message =
  | { readonly ready: true }
  | { readonly rendered: Rendered }
  | { readonly rejected: { readonly reason: Reason; readonly msg: string } }
  | { readonly failed: string }
  /** It went over a limit, and is still at it: whoever reads this ends the process. */
  | { readonly exceeded: Reason }
