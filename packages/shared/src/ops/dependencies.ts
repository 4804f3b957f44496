import { withTimeout } from '../lifecycle/with-timeout.ts'

/** A server that this process needs. */
export interface Part {
  /** Rejects where the part cannot be used. */
  readonly check: () => Promise<unknown>
  /** Whether this process can do nothing for anybody without it. */
  readonly vital: boolean
}

export interface Check {
  readonly name: string
  readonly vital: boolean
  readonly ok: boolean
}

/** Milliseconds after which a part that says nothing is away. */
const CHECK_TIMEOUT = 2000

export function checkParts(parts: Readonly<Record<string, Part>>): Promise<Check[]> {
  return Promise.all(Object.entries(parts).map(([name, part]) => checkPart(name, part)))
}

async function checkPart(name: string, { check, vital }: Part): Promise<Check> {
  const ok = await withTimeout(name, CHECK_TIMEOUT, check()).then(
    () => true,
    () => false,
  )
  return { name, vital, ok }
}
