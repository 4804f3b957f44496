import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { recipeIdOf } from '../image/settings.ts'
import { type AuditReport, audit } from '../maintenance/audit.ts'
import { runCommand } from './run-command.ts'

/** `npm run audit [-- --dry-run]`: holds the bucket against the rows, and says what does not agree. */
await runCommand('audit', async ({ config, connections, dryRun }) => {
  const bar = new ProgressBar('pictures', await connections.avatars.countPictures())
  const options = { grace: config.purgeAfter, dryRun, recipe: recipeIdOf(config) }
  const report = await audit({ ...options, onRow: () => bar.step() }, connections)
  bar.end()
  process.stdout.write(summary(report, dryRun))
  return 0
})

function summary({ orphans, incomplete, repaired }: AuditReport, dryRun: boolean): string {
  return [
    `${orphans} pictures in the bucket that nothing speaks for, ${dryRun ? 'left there' : 'removed'}`,
    `${incomplete} rows that name objects which are missing, ${repaired} of them queued again`,
    '',
  ].join('\n')
}
