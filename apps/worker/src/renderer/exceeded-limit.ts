import type { Reason } from '@visage/shared/errors/reasons'
import type { Limits } from '../image/limits.ts'

const MICROSECONDS = 1e6

/**
 * Which limit the rendering of a picture has passed. CPU time counts and not the clock's, so that a
 * picture is not to blame for what else a machine does, nor for having been stopped and continued.
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
