import { withTimeout } from '../lifecycle/with-timeout.ts'

/** A server that this process uses. */
export interface Dependency {
  /** Rejects if the dependency is unavailable. */
  readonly check: () => Promise<unknown>
  /** True if the process can do no useful work without this dependency. */
  readonly required: boolean
}

export interface DependencyState {
  readonly name: string
  readonly required: boolean
  readonly ok: boolean
}

/** Milliseconds after which a dependency that does not answer counts as unavailable. */
const CHECK_TIMEOUT = 2000

export function checkDependencies(
  dependencies: Readonly<Record<string, Dependency>>,
): Promise<DependencyState[]> {
  return Promise.all(
    Object.entries(dependencies).map(([name, dependency]) => checkDependency(name, dependency)),
  )
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
