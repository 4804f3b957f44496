/** Prints the usage and exits with 0 if `--help` or `-h` is among the arguments. Call it before the set-up. */
export function answerHelp(usage) {
  if (!process.argv.slice(2).some((arg) => arg === '--help' || arg === '-h')) return
  process.stdout.write(`${usage.trim()}\n`)
  process.exit(0)
}
