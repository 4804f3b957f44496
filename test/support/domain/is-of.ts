import { millisecondPrefix, type Revision } from '@visage/shared/avatar/revision'

/** Whether what is shown is what was accepted: under its own revision, or as it was rendered anew. */
export function isOf(shown: Revision | undefined, accepted: Revision | undefined): boolean {
  if (shown === undefined || accepted === undefined) return shown === accepted
  return millisecondPrefix(shown) === millisecondPrefix(accepted) && shown >= accepted
}
