import { once } from 'node:events'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { recipeIdOf } from '../image/settings.ts'
import { countRerenders, rerenderAll } from '../rerender/rerender-all.ts'
import { dryRunSummary, exitCode, summary } from '../rerender/summary.ts'
import { runCommand } from './run-command.ts'

/** As a shell has it of a command that a Ctrl-C ended. */
const INTERRUPTED = 130

/**
 * `npm run rerender [-- --dry-run]`: has every picture rendered anew whose recipe is not today's, by the workers,
 * after whatever users send. May be stopped and run again at any time.
 */
await runCommand('rerender', async ({ config, connections, dryRun }) => {
  const recipe = recipeIdOf(config)
  const stop = new AbortController()
  once(process, 'SIGINT').then(() => stop.abort())
  const bar = new ProgressBar('pictures', await connections.avatars.countPictures(recipe))
  const options = { recipe, signal: stop.signal, onPicture: () => bar.step() }
  const report = await (dryRun ? countRerenders : rerenderAll)(options, connections)
  bar.end()
  process.stdout.write(dryRun ? dryRunSummary(report) : summary(report))
  return stop.signal.aborted ? INTERRUPTED : exitCode(report)
})
