import { relative } from 'node:path'
import type { SettingGroups } from '../config/groups.ts'
import { helpText } from '../config/help.ts'

/** EX_USAGE of sysexits.h. */
const MISUSED = 64

const HELP = ['--help', '-h']

/**
 * A process is set by its environment and takes no arguments but `--help`: whatever else it is given
 * is a misunderstanding, and ends it before anything starts.
 * @param about what the process is, in a sentence
 */
export async function readArguments(about: string, groups: SettingGroups): Promise<void> {
  const [, script = '', ...args] = process.argv
  if (args.length === 0) return
  const command = `node ${relative('', script)}`
  const unknown = args.find((arg) => !HELP.includes(arg))
  if (unknown === undefined) return end(process.stdout, helpText(command, about, groups), 0)
  const said = `${command} takes no argument but --help: it is set by environment variables, which that prints.\n`
  return end(process.stderr, said, MISUSED)
}

/** Not before it is written: a pipe takes its time. */
async function end(stream: NodeJS.WritableStream, text: string, code: number): Promise<void> {
  await new Promise((resolve) => stream.write(text, resolve))
  process.exit(code)
}
