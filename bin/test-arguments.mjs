// The arguments of npm test: what comes before the first option selects test files or tests.

/**
 * Turns the arguments of `npm test` into those of Vitest. An argument that is part of a test file's path
 * selects files. Any other argument selects tests by name, in the files whose text contains that name.
 * @param {readonly string[]} given
 * @param {ReadonlyMap<string, () => string>} files every test file: its path below the root, and its text
 * @param {string} root
 * @returns {{ args: string[], selective: boolean }} selective: whether files or tests were selected
 */
export function vitestArguments(given, files, root) {
  const option = given.findIndex((argument) => argument.startsWith('-'))
  const end = option < 0 ? given.length : option
  const selected = given.slice(0, end).map((argument) => relativePath(argument, root))
  const isPath = (argument) =>
    [...files.keys()].some((file) => file.includes(withoutLine(argument)))
  const paths = selected.filter(isPath)
  const names = selected.filter((argument) => !isPath(argument))
  const pattern = names.map(escaped).join('|')
  const args = [
    ...(names.length > 0 && paths.length === 0 ? filesNaming(names, files) : paths),
    ...(pattern ? ['-t', pattern] : []),
    ...given.slice(end),
  ]
  return { args, selective: selected.length > 0 }
}

/** No file where the name is put together at run time: Vitest then looks in every file. */
function filesNaming(names, files) {
  const holdsName = ([, text]) => names.some((name) => text().includes(name))
  return [...files].filter(holdsName).map(([file]) => file)
}

function relativePath(argument, root) {
  const path = argument.startsWith(root) ? argument.slice(root.length) : argument
  return path.replace(/^\.?\//, '')
}

/** Vitest takes `file.test.ts:12`, too. */
const withoutLine = (argument) => argument.replace(/:\d+$/, '')

const escaped = (name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
