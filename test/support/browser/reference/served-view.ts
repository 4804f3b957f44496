import sharp from 'sharp'
import { asUserId } from '../../domain/brands.ts'
import { eventually } from '../../domain/eventually.ts'
import { avatarPath, type Client, someone, tokenOf } from '../../http/http.ts'
import { pictureRow, receiptRow } from '../../world/state.ts'
import type { World } from '../../world/world.ts'

/** What the service makes of a file: a picture, or the code or reason with which it refused the file. */
export type ServedView =
  | {
      readonly width: number
      readonly height: number
      readonly side: number
      /** The largest variant on white: three bytes a pixel. */
      readonly square: Buffer
    }
  | { readonly refused: string }

/** Longest milliseconds to an outcome, on a busy machine. */
const TIMEOUT = 240_000

/** Uploads a file and reads its largest variant as PNG. The recipe must contain PNG. */
export async function viewAsServed(
  world: World,
  client: Client,
  file: Buffer,
): Promise<ServedView> {
  const user = someone()
  const { json, headers } = await client.put(tokenOf(user), file)
  const id = headers.get('x-upload-id')
  if (json.code !== 0 || id === null) return { refused: `${json.code}` }
  const { state, reason } = await eventually('an outcome', TIMEOUT, async () => {
    const receipt = await receiptRow(world, id)
    return receipt?.finished_at && receipt
  })
  if (state !== 'ready') return { refused: reason ?? state }
  const row = await pictureRow(world, asUserId(user))
  const { body } = await client.get(avatarPath(user), { headers: { Accept: 'image/png' } })
  const { data, info } = await sharp(body)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: row?.source_width, height: row?.source_height, side: info.width, square: data }
}
