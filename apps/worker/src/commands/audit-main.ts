import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { recipeIdOf } from '../image/settings.ts'
import { type AuditReport, audit } from '../maintenance/audit.ts'
import { runCommand } from './run-command.ts'

const ABOUT =
  'Compares the bucket with the rows. Removes unreferenced objects. If objects of a picture are missing, adds a job that renders the picture again. Prints a report.'

await runCommand('audit', ABOUT, async ({ config, services, dryRun }) => {
  const bar = new ProgressBar('pictures', await services.avatars.countPictures())
  const options = { grace: config.purgeAfter, dryRun, recipe: recipeIdOf(config) }
  const report = await audit({ ...options, onRow: () => bar.step() }, services)
  bar.end()
  process.stdout.write(summary(report, dryRun))
  return 0
})

function summary({ orphans, incomplete, repaired }: AuditReport, dryRun: boolean): string {
  return [
    `${orphans} unreferenced pictures in the bucket, ${dryRun ? 'not removed (dry run)' : 'removed'}`,
    `${incomplete} rows with missing objects, ${repaired} queued to be rendered again`,
    '',
  ].join('\n')
}
