// Preloaded with `--import`: writes a CPU profile of the whole process to BENCH_PROFILE on exit. Plain JavaScript, because the
// profiled process runs without tsx. NODE_OPTIONS does not allow --cpu-prof.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.start')
process.on('exit', () =>
  session.post('Profiler.stop', (_, { profile }) =>
    writeFileSync(process.env.BENCH_PROFILE, JSON.stringify(profile)),
  ),
)
