import type { WorkerMetrics } from '../metrics.ts'
import type { Task } from '../queue/maintenance-consumer.ts'

type Tasks = Readonly<Record<string, Task>>

type TaskMetrics = Pick<
  WorkerMetrics,
  'maintenanceFailures' | 'maintenanceInterval' | 'maintenanceSeconds' | 'maintenanceSuccess'
>

/** Returns the same tasks; each run updates the maintenance metrics. */
export function measuredTasks(tasks: Tasks, metrics: TaskMetrics): Tasks {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, measured(name, task, metrics)]),
  )
}

function measured(task: string, { every, run }: Task, metrics: TaskMetrics): Task {
  const recordSuccess = () => metrics.maintenanceSuccess.set({ task }, Date.now() / 1000)
  metrics.maintenanceInterval.set({ task }, every / 1000)
  metrics.maintenanceFailures.inc({ task }, 0)
  recordSuccess()
  return {
    every,
    async run() {
      const started = performance.now()
      try {
        await run()
        recordSuccess()
      } catch (error) {
        metrics.maintenanceFailures.inc({ task })
        throw error
      } finally {
        metrics.maintenanceSeconds.observe({ task }, (performance.now() - started) / 1000)
      }
    },
  }
}
