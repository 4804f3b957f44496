import { millisecondPrefix, type Revision } from '@visage/shared/avatar/revision'

/** Whether the shown revision is the accepted one, or a rerender of it. */
export function isOf(shown: Revision | undefined, accepted: Revision | undefined): boolean {
  if (shown === undefined || accepted === undefined) return shown === accepted
  return millisecondPrefix(shown) === millisecondPrefix(accepted) && shown >= accepted
}
