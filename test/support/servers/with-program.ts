import {
  findSystemProgram,
  type SystemProgramName,
  systemPrograms,
} from '@visage/stack/system-programs'
import { describe } from 'vitest'

/**
 * Tests that need a program of the system, which the set-up of `npm test` installs where it may; without it
 * they are skipped, under a name that says so.
 * @param body is given the program's full path
 */
export function withProgram(
  program: SystemProgramName,
  name: string,
  body: (path: string) => void,
  path = findSystemProgram(program),
): void {
  const { debian } = systemPrograms[program]
  if (path !== undefined) describe(name, () => body(path))
  else
    describe.skip(`${name} (no ${program} found: install one, such as apt-get install ${debian})`, () =>
      body(''))
}
