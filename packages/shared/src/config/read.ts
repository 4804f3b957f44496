import { StartError } from '../lifecycle/start-error.ts'
import type { Setting } from './setting.ts'

// biome-ignore lint/suspicious/noExplicitAny: a table holds settings of every type; `Config` recovers each one
export type Settings = Readonly<Record<string, Setting<any>>>

export type Config<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never
}

/** Lists every problem of the environment, each with the variable's name and format. Never contains a value. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration is invalid:\n${problems.map((p) => `  - ${p}`).join('\n')}`)
    this.problems = problems
  }
}

/** Returns the problems of values that do not fit together. A value in a wrong format is undefined here. */
type Check<S extends Settings> = (
  values: Partial<Config<S>>,
  env: NodeJS.ProcessEnv,
) => readonly string[]

/**
 * Reads the settings from environment variables. An empty variable counts as not set.
 * @throws ConfigError with every problem
 */
export function readSettings<S extends Settings>(
  settings: S,
  env: NodeJS.ProcessEnv,
  check: Check<S> = () => [],
): Config<S> {
  const problems: string[] = []
  const entries = Object.entries(settings).map(([key, setting]) => {
    const text = env[setting.name] || setting.fallback
    const value = text === undefined ? undefined : setting.parse(text)
    if (text !== undefined && value === undefined)
      problems.push(`${setting.name} must be ${setting.format}.`)
    if (text === undefined && setting.required)
      problems.push(`${setting.name} is not set. It must be ${setting.format}.`)
    return [key, value]
  })
  const values = Object.fromEntries(entries) as Config<S>
  problems.push(...check(values, env))
  if (problems.length > 0) throw new ConfigError(problems)
  return values
}
