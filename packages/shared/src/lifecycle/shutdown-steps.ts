import type { Logger } from '../log/logger.ts'

type Close = () => unknown | Promise<unknown>

/**
 * Steps that stop a process. `stop` runs them one by one, in the reverse order of `add`. It logs a step that fails and
 * continues with the next. `stop` may be called twice, and before all steps are added.
 */
export class ShutdownSteps {
  readonly #steps: { name: string; close: Close }[] = []
  readonly #log: Logger
  #stopping: Promise<void> | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  add(name: string, close: Close): void {
    this.#steps.push({ name, close })
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    for (const { name, close } of this.#steps.toReversed()) {
      try {
        await close()
      } catch (error) {
        this.#log.error({ err: error, step: name }, 'Failed to run shutdown step')
      }
    }
  }
}
