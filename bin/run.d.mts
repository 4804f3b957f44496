import type { SpawnOptions } from 'node:child_process'

export interface RunOptions extends SpawnOptions {
  /** Absent: the Node that runs this process. */
  readonly program?: string | undefined
}

export function run(args: readonly string[], options?: RunOptions): Promise<never>
export function exitCodeOf(args: readonly string[], options?: RunOptions): Promise<number>
