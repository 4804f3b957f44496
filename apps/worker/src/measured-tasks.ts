import type { Task } from './maintenance.ts'
import { metrics } from './metrics.ts'

type Tasks = Readonly<Record<string, Task>>

/** The same tasks, each measured. */
export function measuredTasks(tasks: Tasks): Tasks {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, measured(name, task)]),
  )
}

function measured(task: string, { every, run }: Task): Task {
  metrics.maintenanceInterval.set({ task }, every / 1000)
  metrics.maintenanceFailures.inc({ task }, 0)
  noteSuccess(task)
  return {
    every,
    async run() {
      const started = performance.now()
      try {
        await run()
        noteSuccess(task)
      } catch (error) {
        metrics.maintenanceFailures.inc({ task })
        throw error
      } finally {
        metrics.maintenanceSeconds.observe({ task }, (performance.now() - started) / 1000)
      }
    },
  }
}

function noteSuccess(task: string): void {
  metrics.maintenanceSuccess.set({ task }, Date.now() / 1000)
}
