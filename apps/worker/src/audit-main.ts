import { parseArgs } from 'node:util'
import { Closers } from '@visage/shared/lifecycle/closers'
import { runTool } from '@visage/shared/lifecycle/tool'
import { createLogger } from '@visage/shared/log/logger'
import { untraced } from '@visage/shared/tracing/tracing'
import { type AuditReport, audit } from './audit/audit.ts'
import { ProgressBar } from './audit/progress-bar.ts'
import { readConfig } from './config.ts'
import { connect } from './connect.ts'

/** `npm run audit [-- --dry-run]`: holds the bucket against the rows, and says what does not agree. */
await runTool(async () => {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } })
  const config = readConfig(process.env)
  const log = createLogger({ name: 'audit', level: 'error', format: 'json' })
  const closers = new Closers(log)
  try {
    const connections = connect(config, log, closers, untraced)
    const bar = new ProgressBar('pictures', await connections.avatars.countPictures())
    const dryRun = values['dry-run']
    const grace = config.purgeAfter
    const report = await audit({ grace, dryRun, onRow: () => bar.step() }, connections)
    bar.end()
    process.stdout.write(summary(report, dryRun))
  } finally {
    await closers.stop()
  }
})

function summary({ orphans, incomplete, repaired }: AuditReport, dryRun: boolean): string {
  return [
    `${orphans} pictures in the bucket that nothing speaks for, ${dryRun ? 'left there' : 'removed'}`,
    `${incomplete} rows that name objects which are missing, ${repaired} of them queued again`,
    '',
  ].join('\n')
}
