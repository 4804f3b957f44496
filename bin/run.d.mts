import type { SpawnOptions } from 'node:child_process'

export interface RunOptions extends SpawnOptions {
  /** Absent: the Node that runs this process. */
  readonly program?: string | undefined
}

export function run(args: readonly string[], options?: RunOptions): Promise<never>

export interface Ended {
  /** 1 if a signal ended the process. */
  readonly code: number
  readonly signal: NodeJS.Signals | null
}

export function howItEnded(args: readonly string[], options?: RunOptions): Promise<Ended>
