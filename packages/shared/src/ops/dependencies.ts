import { withTimeout } from '../lifecycle/with-timeout.ts'

/** A server that this process needs. */
export interface Dependency {
  /** Rejects where the part cannot be used. */
  readonly check: () => Promise<unknown>
  /** Whether this process can do nothing for anybody without it. */
  readonly required: boolean
}

export interface DependencyState {
  readonly name: string
  readonly required: boolean
  readonly ok: boolean
}

/** Milliseconds after which a part that says nothing is away. */
const CHECK_TIMEOUT = 2000

export function checkDependencies(
  parts: Readonly<Record<string, Dependency>>,
): Promise<DependencyState[]> {
  return Promise.all(Object.entries(parts).map(([name, part]) => checkDependency(name, part)))
}

async function checkDependency(
  name: string,
  { check, required }: Dependency,
): Promise<DependencyState> {
  const ok = await withTimeout(name, CHECK_TIMEOUT, check()).then(
    () => true,
    () => false,
  )
  return { name, required, ok }
}
