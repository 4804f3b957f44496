import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { root } from './dockerfile.ts'

export interface Service {
  readonly image: string
  readonly build?: { readonly target: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

export const composeFile = readFileSync(`${root}docker-compose.yml`, 'utf8')
export const compose = parse(composeFile, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { internal?: boolean }>>
}

/** `${NAME}`, `${NAME:-default}` or `${NAME:?what to do}`, as the specification has them. */
const VARIABLE = /(?<!\$)\$\{(?<name>\w+)(?::(?<kind>[-?])(?<rest>[^}]*))?\}/g

export interface Variable {
  readonly name: string
  readonly needed: boolean
  readonly fallback: string | undefined
}

/** Returns every variable of the file. */
export const variables: readonly Variable[] = [...composeFile.matchAll(VARIABLE)].map(
  ({ groups }) => ({
    name: groups?.name as string,
    needed: groups?.kind === '?',
    fallback: groups?.kind === '-' ? groups.rest : undefined,
  }),
)

/** Returns the environment of a service with these values of the variables. */
export function environmentOf(service: string, values: Readonly<Record<string, string>>) {
  const all = Object.entries(compose.services[service]?.environment ?? {})
  return Object.fromEntries(all.map(([name, text]) => [name, fill(`${text}`, values)]))
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (whole, name: string, kind, rest) => {
    const value = values[name] || (kind === '-' ? rest : undefined)
    if (value === undefined) throw new Error(`${whole} is not given`)
    return value
  })
}
