import {
  findSystemProgram,
  type SystemProgramName,
  systemPrograms,
} from '@visage/stack/system-programs'
import { describe } from 'vitest'

/**
 * Defines tests that need a system program, which the set-up of `npm test` installs if it can. Without the program the
 * tests are skipped with the reason in their name.
 * @param body gets the full path of the program
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
