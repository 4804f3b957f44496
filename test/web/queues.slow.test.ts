import { UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { UnrecoverableError, Worker } from 'bullmq'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  inBrowser,
  keepShot,
  openBrowser,
  type Visit,
  violations,
  visit,
} from '../support/browser/browser.ts'
import { Client, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const CREDENTIALS = { username: 'ops', password: 'correct horse battery' }
const CORRELATION = '6f1c2a34-5b6d-4e7f-8091-a2b3c4d5e6f7'

inBrowser('the queue dashboard', () => {
  const world = useWorld()
  let api: Client
  let browser: Browser
  let origin: string
  let alices: string

  beforeAll(async () => {
    const app = await world.startApi({
      OPS_USER: CREDENTIALS.username,
      OPS_PASSWORD: CREDENTIALS.password,
      OPS_WRITE: 'true',
    })
    api = new Client(app)
    origin = `http://127.0.0.1:${app.ports.ops}`
    browser = await openBrowser()
    alices = await fill()
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** Jobs that are done, one of which failed, and some that wait. @returns the id of alice's, who waits */
  async function fill(): Promise<string> {
    const jpeg = await photo({ width: 400, height: 300 })
    const worker = await world.startWorker()
    const users = ['ines', 'tomás', 'user-4711', 'mei', 'zoë']
    const ids = await Promise.all(users.map((user) => api.upload(user, jpeg)))
    ids.push(await api.upload('ravi', jpeg.subarray(0, jpeg.length / 2)))
    await Promise.all(ids.map((id) => world.outcome(id)))
    await worker.stop()
    await api.upload('olga', jpeg)
    await failNext('connect ECONNREFUSED 10.0.0.7:9000')
    const headers = { 'X-Cr-Correlation-Id': CORRELATION }
    const reply = await api.put(tokenOf('alice'), jpeg, headers)
    await Promise.all(['bo', 'bo', 'chidi', 'dara'].map((user) => api.upload(user, jpeg)))
    return reply.headers.get('x-upload-id') ?? ''
  }

  async function failNext(why: string): Promise<void> {
    const connection = world.connectRedis()
    const options = { connection, prefix: world.prefix }
    const worker = new Worker(UPLOAD_QUEUE, null, options)
    const job = await worker.getNextJob('token', { block: false })
    await job?.moveToFailed(new UnrecoverableError(why), 'token', false)
    await worker.close()
    connection.disconnect()
  }

  /** Warning of Chromium about unused preloads of bull-board. */
  const PRELOAD_WARNING = /was preloaded using link preload but not used/

  interface Look extends Visit {
    /** The origins that were asked for anything. */
    readonly origins: ReadonlySet<string>
  }

  async function look(): Promise<Look> {
    const one = await visit(browser, { httpCredentials: CREDENTIALS, locale: 'en-US' })
    const origins = new Set<string>()
    one.page.on('request', (request) => origins.add(new URL(request.url()).origin))
    const leave = () => {
      const kept = one.complaints.filter((complaint) => !PRELOAD_WARNING.test(complaint))
      one.complaints.splice(0, Infinity, ...kept)
      return one.leave()
    }
    return { ...one, leave, origins }
  }

  const job = (page: Page) => page.getByText('render ·').first()

  it('shows queues, jobs, a failure, settings and menus without an error or an external request', async () => {
    const { page, origins, leave } = await look()
    await page.goto(`${origin}/queues`)
    await page.getByText('Visage queues').waitFor()
    await page.getByRole('link', { name: 'uploads' }).first().click()
    await job(page).waitFor()
    await keepShot(page, 'queues')
    await page.goto(`${origin}/queues/queue/uploads?status=failed`)
    await page.getByText('ECONNREFUSED 10.0.0.7:9000').first().waitFor()
    await page.goto(`${origin}/queues/job-schedulers`)
    await page.getByText('sweep').first().waitFor()
    const [redis, , settings] = await page.locator('ul[class^=actions] button').all()
    await redis?.click()
    await page.getByText('Memory usage', { exact: true }).waitFor()
    // A dialog that is still closing would close the next one too.
    await page.reload()
    await page.getByText('sweep').first().waitFor()
    await settings?.click()
    await page.getByText('As in system').click()
    await page.getByRole('option', { name: 'Dark' }).click()
    await page.locator('body.dark-mode').waitFor()
    expect([...origins]).toEqual([origin])
    await leave()
  })

  it.each([
    ['upload id', () => alices],
    ['user', () => 'alice'],
    ['correlation id', () => CORRELATION],
  ])('an upload is found by its %s, from the menu', async (_, words) => {
    const { page, leave } = await look()
    await page.goto(`${origin}/queues`)
    await page.locator('ul[class^=actions] button').last().click()
    await page.getByText('Find an upload').click()
    await page.getByRole('textbox').fill(words())
    await page.keyboard.press('Enter')
    await page.getByText(`render · alice · ${CORRELATION}`).first().waitFor()
    expect(page.url()).toBe(`${origin}/queues/queue/uploads/${alices}`)
    await leave()
  })

  it('the search lists and links the uploads of a user, and explains an empty result', async () => {
    const { page, leave } = await look()
    await page.goto(`${origin}/queues/find`)
    await page.getByRole('textbox').fill('bo')
    await page.getByRole('button').click()
    expect(await page.getByRole('row').count()).toBe(3)
    await keepShot(page, 'queues-find')
    expect(await violations(page)).toEqual([])
    await page.getByRole('table').getByRole('link').first().click()
    await page.getByText('render · bo ·').first().waitFor()
    await page.goto(`${origin}/queues/find?q=${encodeURIComponent('<b>nobody</b>')}`)
    expect(await page.getByRole('status').textContent()).toContain('“<b>nobody</b>”')
    expect(await violations(page)).toEqual([])
    await leave()
  })

  it('the buttons of the page can pause and resume the queue', async () => {
    const { page, leave } = await look()
    await page.goto(`${origin}/queues/queue/uploads`)
    await job(page).waitFor()
    await act(page, 'Pause')
    await expect.poll(() => world.queue.isPaused()).toBe(true)
    await act(page, 'Resume')
    await expect.poll(() => world.queue.isPaused()).toBe(false)
    await leave()
  })

  async function act(page: Page, name: string): Promise<void> {
    await page.locator('[aria-haspopup=menu]').last().click()
    await page.getByRole('menuitem', { name, exact: true }).click()
    const confirm = page.getByRole('button', { name: 'Confirm' })
    await confirm.click()
    await confirm.waitFor({ state: 'hidden' })
  }
})
