import { StartError } from '../lifecycle/start-error.ts'
import type { Setting } from './setting.ts'

// biome-ignore lint/suspicious/noExplicitAny: a table holds settings of every type; `Config` recovers each one
export type Settings = Readonly<Record<string, Setting<any>>>

export type Config<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never
}

/** Every problem of the environment at once, each with the variable's name and format, never its value. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`)
    this.problems = problems
  }
}

/** What is wrong with the values taken together; one that is not in its format is not among them. */
type Check<S extends Settings> = (
  values: Partial<Config<S>>,
  env: NodeJS.ProcessEnv,
) => readonly string[]

/** @throws ConfigError  An empty variable counts as one that is not set. */
export function readSettings<S extends Settings>(
  settings: S,
  env: NodeJS.ProcessEnv,
  check: Check<S> = () => [],
): Config<S> {
  const problems: string[] = []
  const entries = Object.entries(settings).map(([key, setting]) => {
    const text = env[setting.name] || setting.fallback
    const value = text === undefined ? undefined : setting.parse(text)
    if (text !== undefined && value === undefined) problems.push(mustBe(setting))
    if (text === undefined && setting.required)
      problems.push(`${setting.name} is not set; it ${must(setting)}`)
    return [key, value]
  })
  const values = Object.fromEntries(entries) as Config<S>
  problems.push(...check(values, env))
  if (problems.length > 0) throw new ConfigError(problems)
  return values
}

const must = (setting: Setting<unknown>) => `must be ${setting.format} (${setting.about})`
const mustBe = (setting: Setting<unknown>) => `${setting.name} ${must(setting)}`
