import type { Target } from '../support/load.ts'
import { photo } from '../support/photo.ts'
import { bearer } from '../support/service.ts'

export const CLIENTS = 32

export interface Body {
  readonly name: string
  readonly bytes: Buffer
}

/** Generates photos of about 200 KB and 2 MB. */
export async function picturesToSend(): Promise<Body[]> {
  const small = await photo({ width: 1100, height: 825 })
  const large = await photo({ width: 3250, height: 2440, seed: 2 })
  return [
    { name: '200 KB', bytes: await small.jpeg({ quality: 86 }).toBuffer() },
    { name: '2 MB', bytes: await large.jpeg({ quality: 92 }).toBuffer() },
  ]
}

export function targetOf(port: number, body: Buffer): Target {
  const path = '/user/setting/avatar'
  const requests = Array.from({ length: CLIENTS }, (_, i) => ({
    method: 'PUT',
    path,
    headers: bearer(`bench-${i + 10}`),
    body,
  }))
  return { port, requests, status: 200, contains: '"code":0' }
}
