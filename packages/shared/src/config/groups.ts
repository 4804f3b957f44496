import type { Settings } from './read.ts'

/** Tables of settings by title. A title names a task of an operator. The order is that of `--help` and of the docs. */
export type SettingGroups = Readonly<Record<string, Settings>>

type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never

/** The settings of all groups in one table. */
type Ungrouped<G extends SettingGroups> = Intersection<G[keyof G]>

export function ungroup<G extends SettingGroups>(groups: G): Ungrouped<G> {
  return Object.assign({}, ...Object.values(groups))
}
