type Route = (url: string) => string

let route: Route | undefined

/** Makes all worlds that this file opens from now on reach their database by another address. */
export function reachDatabasesThrough(rewrite: Route): void {
  route = rewrite
}

/** Ends what `reachDatabasesThrough` began, after each file. */
export function reachDatabasesDirectly(): void {
  route = undefined
}

/** Rewrites the address of a database, where worlds reach theirs by another one. */
export const databaseRoute = (): Route | undefined => route
