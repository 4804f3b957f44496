import { relative } from 'node:path'
import type { SettingGroups } from '../config/groups.ts'
import { helpText } from '../config/help.ts'

/** Exit code EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64

const HELP_FLAGS = ['--help', '-h']

/**
 * Handles the command line before the process starts. `--help` prints the settings and exits. Any other argument is an
 * error, because only environment variables configure a process.
 * @param about describes the process in one sentence
 */
export async function readArguments(about: string, groups: SettingGroups): Promise<void> {
  const [, script = '', ...args] = process.argv
  if (args.length === 0) return
  const command = `node ${relative('', script)}`
  const unknown = args.find((arg) => !HELP_FLAGS.includes(arg))
  if (unknown === undefined)
    return exitAfterWrite(process.stdout, helpText(command, about, groups), 0)
  const message = `${command} accepts no argument except --help. Use environment variables; --help lists them.\n`
  return exitAfterWrite(process.stderr, message, EXIT_USAGE)
}

/** Waits for the write before it exits, because a pipe can be slow. */
async function exitAfterWrite(
  stream: NodeJS.WritableStream,
  text: string,
  code: number,
): Promise<void> {
  await new Promise((resolve) => stream.write(text, resolve))
  process.exit(code)
}
