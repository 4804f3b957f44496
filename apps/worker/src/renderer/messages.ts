import type { Framing } from '@visage/shared/avatar/framing'
import type { Recipe } from '@visage/shared/avatar/recipe'
import type { Reason } from '@visage/shared/errors/reasons'
import type { Limits } from '../image/limits.ts'
import type { Rendered } from '../image/rendered.ts'
import type { Stopwatch } from '../image/stopwatch.ts'

/** What a render process is told when it starts, as JSON in its first argument. */
export interface RendererSetup {
  readonly recipe: Recipe
  readonly limits: Limits
  /** Milliseconds by the clock that one picture may take. Absent: a multiple of its CPU time. */
  readonly timeout?: number
}

/** One picture. Buffers travel as bytes, so nothing is encoded. */
export interface RenderRequest {
  readonly bytes: Buffer
  readonly framing: Framing
}

/** What came of one picture. */
export type RenderReply =
  | { readonly rendered: Rendered }
  | { readonly rejected: { readonly reason: Reason; readonly msg: string } }
  | { readonly failed: string }

/** What one picture has cost the process. */
export interface RenderCost {
  readonly seconds: Stopwatch['seconds']
  /** Resident bytes once it was done. */
  readonly memory: number
  /** The most resident bytes in the life of the process. */
  readonly peak: number
}

/** What a render process says: once that it is ready, then one answer to each order. */
export type RendererMessage =
  | { readonly ready: true }
  | (RenderReply & { readonly cost: RenderCost })
  /** It went over a limit, and is still at it: whoever reads this ends the process. */
  | { readonly exceeded: Reason }
