import { once } from 'node:events'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { recipeIdOf } from '../image/settings.ts'
import { countRerenders, rerenderAll } from '../rerender/rerender-all.ts'
import { dryRunSummary, exitCode, rerenderSummary } from '../rerender/summary.ts'
import { runCommand } from './run-command.ts'

/** Exit code of shells for a command that SIGINT ended: 128 + 2. */
const INTERRUPTED = 130

const ABOUT =
  'Lets the workers render every picture of an outdated recipe again. Uploads have priority. You can stop the command and run it again at any time.'

await runCommand('rerender', ABOUT, async ({ config, services, dryRun }) => {
  const recipe = recipeIdOf(config)
  const stop = new AbortController()
  once(process, 'SIGINT').then(() => stop.abort())
  const bar = new ProgressBar('pictures', await services.avatars.countPictures(recipe))
  const options = { recipe, signal: stop.signal, onPicture: () => bar.step() }
  const report = await (dryRun ? countRerenders : rerenderAll)(options, services)
  bar.end()
  process.stdout.write(dryRun ? dryRunSummary(report) : rerenderSummary(report))
  return stop.signal.aborted ? INTERRUPTED : exitCode(report)
})
