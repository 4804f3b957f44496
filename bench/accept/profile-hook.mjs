// Preloaded by `--import`: writes a CPU profile of the whole process to BENCH_PROFILE as it exits. Plain JavaScript, as the
// process that it watches is built. NODE_OPTIONS takes no --cpu-prof.
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
