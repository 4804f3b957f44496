import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { Client, tokenOf } from '../http/http.ts'
import { photo } from '../pictures/photo.ts'
import { createSharedWorld, createWorld, type Environment, type World } from '../world/use-world.ts'

/** A service that shows the page, with an API and a Gravatar server of its own. */
export interface Site {
  readonly world: World
  readonly api: Client
  readonly url: string
  readonly gravatarUrl: string
  close(): Promise<void>
}

/** Its worker is the one that all files of this Vitest worker share. */
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

/** Opens the page as this user, by a link as `npm start` prints it. */
export async function enter(page: Page, { url }: Site, user: string): Promise<void> {
  await page.goto(`${url}#token=${tokenOf(user, { email: `${user}@example.org` })}`)
  await shows(page, 'picture')
}

/** Waits until the page is at this view. */
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

/** A picture that ends in its middle: browsers show what there is of it. */
export const cutShort = (picture: Buffer): NamedFile =>
  fileOf(picture.subarray(0, Math.floor(picture.length / 2)), 'half.jpg')

/** Slows uploads down to this pace, so that a test can look at one under way. @returns ends it */
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
