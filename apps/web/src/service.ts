import type { SourceFormat } from '@visage/shared/avatar/formats'
import { callApi, type Service } from './upload.ts'

export interface Variant {
  readonly size: number
  readonly format: string
  readonly url: string
  readonly bytes: number
  readonly animated?: true
}

/** The signed-in user's own picture, as the service reports it. */
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
  readonly maxPixels: number
  readonly accept: readonly SourceFormat[]
}

const AVATAR = '/user/setting/avatar'

/** Reads the settings that the server has written into the page. */
export function readPageSettings(): PageSettings {
  return JSON.parse(document.querySelector<HTMLMetaElement>('meta[name=visage]')?.content ?? '')
}

export const readPicture = (service: Service): Promise<Picture> => callApi(service, 'GET', AVATAR)
export const switchToGravatar = (service: Service): Promise<void> => callApi(service, 'PUT', AVATAR)
export const removePicture = (service: Service): Promise<void> => callApi(service, 'DELETE', AVATAR)

/** Resolves to true if `Allow` lists DELETE. Not every service can remove pictures. */
export async function canRemove({ api }: Service): Promise<boolean> {
  const answer = await fetch(api + AVATAR, { method: 'OPTIONS' }).catch(() => undefined)
  return /\bDELETE\b/.test(answer?.headers.get('Allow') ?? '')
}

/** Returns the public address of a user's picture. A new `key` bypasses caches. */
export const pictureAddress = ({ api }: Service, user: string, key: string): string =>
  `${api}/user/avatar/${encodeURIComponent(user)}?size=512&key=${key}`
