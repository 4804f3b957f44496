import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { Client, tokenOf } from '../http/http.ts'
import { photo } from '../pictures/photo.ts'
import { createWorld, type Environment, type World } from '../world/use-world.ts'

/** A service that shows the page, with a Gravatar server of its own. */
export interface Site {
  readonly world: World
  readonly api: Client
  readonly url: string
  readonly gravatarUrl: string
  close(): Promise<void>
}

export async function startSite(env: Environment = {}, workers = 1): Promise<Site> {
  const [world, gravatar] = await Promise.all([createWorld(), startGravatar()])
  const [app] = await Promise.all([
    world.startApi({ WEB: 'true', GRAVATAR_URL: gravatar.url, ...env }),
    ...Array.from({ length: workers }, () => world.startWorker()),
  ])
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

/** So that what takes a moment can be looked at: uploads at this pace from now on. Undefined: at any. */
export async function slowDown(page: Page, bytesPerSecond?: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond ?? -1,
  })
}
