type Route = (url: string) => string

let route: Route | undefined

/** Makes all worlds that this file opens from now on connect to their database by another address. */
export function reachDatabasesThrough(rewrite: Route): void {
  route = rewrite
}

/** Reverts `reachDatabasesThrough` after each file. */
export function reachDatabasesDirectly(): void {
  route = undefined
}

/** Rewrites the address of a database if `reachDatabasesThrough` is in effect. */
export const databaseRoute = (): Route | undefined => route
