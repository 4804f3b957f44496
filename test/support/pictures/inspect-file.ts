import { type Header, inspect } from '../../../apps/worker/src/image/inspect.ts'
import type { Limits } from '../../../apps/worker/src/image/limits.ts'
import { openView, sniffAccepted } from '../../../apps/worker/src/image/view/open.ts'

/** Inspects a file as the engine does before it decodes.  @throws Rejection */
export async function inspectFile(bytes: Buffer, limits: Limits, keep = false): Promise<Header> {
  return inspect(openView(bytes, sniffAccepted(bytes, limits)), limits, keep)
}
