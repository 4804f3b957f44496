import type { Framing } from '@visage/shared/avatar/framing'
import type { Recipe } from '@visage/shared/avatar/recipe'
import type { Reason } from '@visage/shared/errors/reasons'
import type { Limits } from '../image/limits.ts'
import type { Rendered } from '../image/rendered.ts'
import type { Stopwatch } from '../image/stopwatch.ts'

/** Setup of a render process: JSON in its first argument. */
export interface RendererSetup {
  readonly recipe: Recipe
  readonly limits: Limits
  /** Wall-clock timeout of one picture, in milliseconds. Default: CPU time limit times `WALL_CLOCK_FACTOR`. */
  readonly timeout?: number
}

/** A picture to render. The IPC channel sends buffers as raw bytes, without encoding. */
export interface RenderRequest {
  readonly bytes: Buffer
  readonly framing: Framing
}

/** Result of rendering one picture. */
export type RenderReply =
  | { readonly rendered: Rendered }
  | { readonly rejected: { readonly reason: Reason; readonly msg: string } }
  | { readonly failed: string }

/** Time and memory of rendering one picture. */
export interface RenderCost {
  readonly seconds: Stopwatch['seconds']
  /** Resident bytes of the process after rendering. */
  readonly memory: number
  /** Peak of the resident bytes since the process started. */
  readonly peak: number
}

/** A message from a render process: `ready` once, then one reply to each request. */
export type RendererMessage =
  | { readonly ready: true }
  | (RenderReply & { readonly cost: RenderCost })
  /** Rendering exceeds a limit and still runs. The receiver must kill the process. */
  | { readonly exceeded: Reason }
