import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { Client, tokenOf } from '../http/http.ts'
import { photo } from '../pictures/photo.ts'
import { createSharedWorld, createWorld, type Environment, type World } from '../world/use-world.ts'

/** Service with the page, an API and a Gravatar server. */
export interface Site {
  readonly world: World
  readonly api: Client
  readonly url: string
  readonly gravatarUrl: string
  close(): Promise<void>
}

/** Starts the service. All files of this Vitest worker share its worker. */
export async function startSite(env: Environment = {}): Promise<Site> {
  const world = await createSharedWorld()
  const [site] = await Promise.all([openSite(world, env), world.startWorker()])
  return site
}

export async function startSiteWithoutWorker(): Promise<Site> {
  return openSite(await createWorld())
}

async function openSite(world: World, env: Environment = {}): Promise<Site> {
  const gravatar = await startGravatar()
  const app = await world.startApi({ WEB: 'true', GRAVATAR_URL: gravatar.url, ...env })
  return {
    world,
    api: new Client(app),
    url: `http://127.0.0.1:${app.port}/`,
    gravatarUrl: gravatar.url,
    async close() {
      await world.close()
      gravatar.server.close()
    },
  }
}

async function startGravatar(): Promise<{ url: string; server: Server }> {
  const picture = await photo({ format: 'png', width: 64, height: 64, seed: 7 })
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'image/png' }).end(picture)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/avatar`, server }
}

/** Opens the page as this user with a link like that of `npm start`. */
export async function enter(page: Page, { url }: Site, user: string): Promise<void> {
  await page.goto(`${url}#token=${tokenOf(user, { email: `${user}@example.org` })}`)
  await shows(page, 'picture')
}

/** Waits until the page shows this view. */
export async function shows(page: Page, view: string): Promise<void> {
  await page.locator(`#studio[data-view=${view}]`).waitFor()
}

export interface NamedFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

export const fileOf = (buffer: Buffer, name = 'me.jpg', mimeType = 'image/jpeg'): NamedFile => ({
  name,
  mimeType,
  buffer,
})

/** Picture that is cut off in the middle. Browsers show its first part. */
export const cutShort = (picture: Buffer): NamedFile =>
  fileOf(picture.subarray(0, Math.floor(picture.length / 2)), 'half.jpg')

/** Limits the upload speed, so that a test can observe an upload in flight. @returns a function that removes the limit */
export async function slowDown(page: Page, bytesPerSecond: number): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  const limit = (uploadThroughput: number) =>
    session.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 0, downloadThroughput: -1 },
      uploadThroughput,
    })
  await session.send('Network.enable')
  await limit(bytesPerSecond)
  return async () => {
    await limit(-1)
  }
}
