import type { Reason } from '@visage/shared/errors/reasons'
import type { Limits } from '../image/limits.ts'

const MICROSECONDS = 1e6

/**
 * Returns the reason for rejecting a picture whose rendering exceeds a limit. The time limit is on CPU time, not on
 * wall-clock time: other load on the machine, or a stopped and continued process, must not reject a picture.
 * @param memory resident bytes of the process
 */
export function exceededLimit(
  { user, system }: NodeJS.CpuUsage,
  memory: number,
  limits: Pick<Limits, 'seconds' | 'memory'>,
): Reason | undefined {
  if (user + system > limits.seconds * MICROSECONDS) return 'timed_out'
  if (memory > limits.memory) return 'too_large_decoded'
  return undefined
}
