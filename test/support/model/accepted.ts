import { parseRawKey } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'
import type { Bucket } from './bucket.ts'
import type { Rows } from './rows.ts'

/** An upload is accepted once its bytes are in the bucket, a reset once it is in the row. */
export interface Accepted {
  readonly userId: string
  readonly revision: Revision
  /** Picture of an upload. */
  readonly bytes?: Buffer
}

/** Returns every accepted change. */
export function accepted(bucket: Bucket, rows: Rows): Accepted[] {
  const uploads = [...bucket.history].flatMap(([key, { bytes, metadata }]) => {
    const revision = parseRawKey(key)
    const userId = Buffer.from(`${metadata['user-id']}`, 'base64url').toString()
    return revision ? [{ userId, revision, bytes }] : []
  })
  return [...uploads, ...rows.resets]
}
