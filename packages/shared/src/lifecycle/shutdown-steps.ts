import type { Logger } from '../log/logger.ts'

type Close = () => unknown | Promise<unknown>

/**
 * What has been started and how it stops. Stops in reverse order, each step after the one before;
 * a step that fails is logged and does not keep the rest from stopping. Safe to call twice, and
 * before everything has started.
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
        this.#log.error({ err: error, part: name }, 'stopping failed')
      }
    }
  }
}
