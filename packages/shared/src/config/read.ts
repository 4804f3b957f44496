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

/** @throws ConfigError  An empty variable counts as one that is not set. */
export function readSettings<S extends Settings>(settings: S, env: NodeJS.ProcessEnv): Config<S> {
  const problems: string[] = []
  const entries = Object.entries(settings).map(([key, setting]) => {
    const text = env[setting.name] || setting.fallback
    const value = text === undefined ? undefined : setting.parse(text)
    if (text !== undefined && value === undefined) problems.push(mustBe(setting))
    if (text === undefined && setting.required)
      problems.push(`${setting.name} is not set; it ${must(setting)}`)
    return [key, value]
  })
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.fromEntries(entries) as Config<S>
}

const must = (setting: Setting<unknown>) => `must be ${setting.format} (${setting.about})`
const mustBe = (setting: Setting<unknown>) => `${setting.name} ${must(setting)}`
