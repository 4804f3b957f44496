import { ConfigError } from '@visage/shared/config/read'

/** Returns the problems that reading the settings reports; empty if there is none. */
export function configProblems(read: () => unknown): readonly string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}
