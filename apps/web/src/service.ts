import type { SourceFormat } from '@visage/shared/avatar/formats'
import { ask, type Service } from './upload.ts'

export interface Variant {
  readonly size: number
  readonly format: string
  readonly url: string
  readonly bytes: number
  readonly animated?: true
}

/** One's own picture, as the service tells it. */
export interface Picture {
  readonly source: 'upload' | 'gravatar' | 'none'
  readonly revision: string | null
  readonly variants: readonly Variant[]
  readonly placeholder: string | null
  readonly color: string | null
  readonly updated_at: string | null
  readonly pending: { readonly upload_id: string } | null
  readonly rejected: {
    readonly upload_id: string
    readonly reason: string
    readonly msg: string
    readonly finished_at: string
  } | null
}

export interface PageSettings {
  readonly api: string
  readonly maxUploadBytes: number
  readonly accept: readonly SourceFormat[]
}

const AVATAR = '/user/setting/avatar'

/** What the server wrote into the page. */
export function pageSettings(): PageSettings {
  return JSON.parse(document.querySelector<HTMLMetaElement>('meta[name=visage]')?.content ?? '')
}

export const readPicture = (service: Service): Promise<Picture> => ask(service, 'GET', AVATAR)
export const switchToGravatar = (service: Service): Promise<void> => ask(service, 'PUT', AVATAR)
export const removePicture = (service: Service): Promise<void> => ask(service, 'DELETE', AVATAR)

/** Not every service removes pictures: those that do say so. */
export async function canRemove({ api }: Service): Promise<boolean> {
  const answer = await fetch(api + AVATAR, { method: 'OPTIONS' }).catch(() => undefined)
  return /\bDELETE\b/.test(answer?.headers.get('Allow') ?? '')
}

/** Where anyone sees a user's picture. */
export const pictureAddress = ({ api }: Service, user: string, key: string): string =>
  `${api}/user/avatar/${encodeURIComponent(user)}?size=512&key=${key}`
