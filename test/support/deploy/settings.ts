import type { Setting } from '@visage/shared/config/setting'

/** Settings that come with the queue dashboard: until then they are read by nobody. */
export const ANNOUNCED = ['DASHBOARD', 'OPS_USER', 'OPS_PASSWORD']

export const namesOf = (settings: Readonly<Record<string, Setting<unknown>>>): string[] =>
  Object.values(settings).map(({ name }) => name)
