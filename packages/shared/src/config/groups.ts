import type { Settings } from './read.ts'

/** Tables of settings by what they are about, in the order in which people read them. */
export type SettingGroups = Readonly<Record<string, Settings>>

type Together<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never

/** The settings of all groups in one table. */
type Ungrouped<G extends SettingGroups> = Together<G[keyof G]>

export function ungroup<G extends SettingGroups>(groups: G): Ungrouped<G> {
  return Object.assign({}, ...Object.values(groups))
}
