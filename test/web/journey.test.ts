import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inBrowser, keepShot, openBrowser, visit } from '../support/browser/browser.ts'
import {
  cutShort,
  enter,
  fileOf,
  type Site,
  shows,
  slowDown,
  startSite,
} from '../support/browser/page.ts'
import { AVATAR, someone } from '../support/http/http.ts'
import { tiledHeic } from '../support/pictures/heic.ts'
import { photo } from '../support/pictures/photo.ts'

inBrowser('a person changes their picture with the mouse', () => {
  let site: Site
  let browser: Browser
  let jpeg: Buffer

  beforeAll(async () => {
    ;[site, browser, jpeg] = await Promise.all([
      startSite({ MAX_UPLOAD_BYTES: '1MiB' }),
      openBrowser(),
      photo(),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('a chosen file with a dragged frame becomes the picture, from the original bytes', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    await enter(page, site, user)
    await page.setInputFiles('#file', fileOf(jpeg))
    await shows(page, 'framing')
    // The picture has 1200 × 900 pixels; the frame starts as the largest square in its middle.
    const corner = page.locator('cropper-handle[action=se-resize]')
    await corner.hover()
    await page.mouse.down()
    await page.mouse.move(...(await shifted(corner, -80, -80)), { steps: 4 })
    await page.mouse.up()
    const frame = page.locator('cropper-handle[action=move]')
    await frame.hover()
    await page.mouse.down()
    await page.mouse.move(0, 0, { steps: 4 })
    await page.mouse.up()

    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'PUT'),
      page.click('#send'),
    ])
    const crop = new URL(sent.url()).searchParams.get('crop') ?? ''
    const [x, y, width = 0, height] = crop.split(',').map(Number)
    expect([x, y, height]).toEqual([0, 0, width])
    expect(width).toBeLessThan(880)
    expect(width).toBeGreaterThan(500)

    await page.getByText('Your picture is ready').waitFor()
    const { revision, variants } = await site.api.settings(user)
    expect((await site.api.receipt(user, revision)).bytes).toBe(jpeg.length)
    const rows = await page.locator('#variants li').allInnerTexts()
    expect(rows).toHaveLength(variants.length)
    expect(rows[0]).toContain('512 px')
    expect(await page.locator('#picture').getAttribute('src')).toContain(revision)

    await page.locator('#variants button').first().click()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toBe(new URL(variants[0].url, site.url).href)
    await leave()
  })

  it('a rejection shows its reason, advice and correlation ID, and the old picture stays', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    const first = await site.api.upload(user, jpeg)
    await site.world.outcome(first)
    await enter(page, site, user)
    await page.setInputFiles('#file', cutShort(jpeg))
    await page.click('#send')
    const notice = page.locator('#notice')
    await notice.waitFor()
    const { revision, rejected } = await site.api.settings(user)
    const { correlation_id } = await site.api.receipt(user, rejected.upload_id)
    const text = await notice.innerText()
    for (const part of [rejected.msg, 'Download it again', correlation_id])
      expect(text).toContain(part)
    expect(revision).toBe(first)
    expect(await page.locator('#picture').getAttribute('src')).toContain(first)
    await leave()
  })

  it('a user can switch to Gravatar and remove the picture if the service supports it', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    await enter(page, site, user)
    expect(await page.locator('#remove').isVisible()).toBe(false)
    await page.click('#gravatar')
    await page.getByText('Your picture comes from Gravatar').waitFor()
    await page.locator('#picture').waitFor()
    expect((await site.api.settings(user)).source).toBe('gravatar')
    expect(await page.locator('#gravatar').isVisible()).toBe(false)

    const { headers } = await fetch(new URL(AVATAR, site.url), { method: 'OPTIONS' })
    const removable = headers.get('allow')?.includes('DELETE') ?? false
    expect(await page.locator('#remove').isVisible()).toBe(removable)
    if (removable) {
      await page.click('#remove')
      await page.getByText('You have no picture yet').waitFor()
      expect((await site.api.settings(user)).source).toBe('none')
    }
    await leave()
  })

  it('an invalid file is refused before it is sent, with the message of the service', async () => {
    const { page, leave } = await visit(browser)
    await enter(page, site, someone())
    const puts: string[] = []
    page.on('request', (request) => request.method() === 'PUT' && puts.push(request.url()))
    await page.setInputFiles('#file', fileOf(Buffer.from('%PDF-1.7'), 'a.pdf'))
    await page.getByText('PDF is not accepted; send JPEG, PNG, WebP').waitFor()
    await page.setInputFiles('#file', fileOf(Buffer.alloc(0), 'empty.jpg'))
    await page.getByText('This file is empty; choose another one').waitFor()
    const huge = fileOf(Buffer.concat([jpeg, Buffer.alloc(1024 ** 2)]))
    await page.setInputFiles('#file', huge)
    await page.getByText('The picture is larger than 1 MiB').waitFor()
    expect(puts).toEqual([])
    await leave()
  })

  it('a HEIC, which Chromium cannot show, is framed and sent', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    await enter(page, site, user)
    await page.setInputFiles('#file', fileOf(tiledHeic(2, 3, 192, 128), 'me.heic', 'image/heic'))
    await shows(page, 'framing')
    await page.getByText(/me\.heic · .* · 192.×.128/).waitFor()
    await keepShot(page, 'heic')
    await page.click('#send')
    await page.getByText('Your picture is ready').waitFor()
    const { revision, variants } = await site.api.settings(user)
    expect(await site.api.receipt(user, revision)).toMatchObject({ format: 'heic' })
    expect(variants[0].size).toBe(128)
    await leave()
  })

  it.each(['drop', 'paste'])('the whole page accepts a picture by %s', async (method) => {
    const { page, leave } = await visit(browser)
    await enter(page, site, someone())
    await page.evaluate(
      ([kind, base64]) => {
        const bytes = Uint8Array.from(atob(base64 ?? ''), (char) => char.charCodeAt(0))
        const data = new DataTransfer()
        data.items.add(new File([bytes], 'me.jpg', { type: 'image/jpeg' }))
        const event =
          kind === 'drop'
            ? new DragEvent('drop', { dataTransfer: data, bubbles: true })
            : new ClipboardEvent('paste', { clipboardData: data, bubbles: true })
        document.body.dispatchEvent(event)
      },
      [method, jpeg.toString('base64')],
    )
    await shows(page, 'framing')
    expect(await page.locator('#lead').innerText()).toContain('1200\u00a0×\u00a0900')
    await leave()
  })

  it('the frame keeps its place in the picture when the window is resized', async () => {
    const { page, leave } = await visit(browser)
    await enter(page, site, someone())
    await page.setInputFiles('#file', fileOf(jpeg))
    await shows(page, 'framing')
    for (const width of [1280, 360, 800]) {
      await page.setViewportSize({ width, height: 800 })
      // The largest square of 1200 × 900 pixels, which the square stage shows 3/4 high.
      await page.waitForFunction(() => {
        const [stage, frame] = ['cropper-canvas', 'cropper-selection'].map((one) =>
          document.querySelector(one)?.getBoundingClientRect(),
        )
        if (!stage || !frame) return false
        const size = Math.min(stage.width / 1200, stage.height / 900)
        const middle = (box: DOMRect) => [box.x + box.width / 2, box.y + box.height / 2]
        const [[x = 0, y = 0], [left = 0, top = 0]] = [middle(stage), middle(frame)]
        const off = [x - left, y - top, frame.height - 900 * size, frame.width - 900 * size]
        return off.every((one) => Math.abs(one) < 1)
      })
    }
    await leave()
  })

  it('a cancelled upload keeps the frame and changes nothing', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    await enter(page, site, user)
    await page.setInputFiles('#file', fileOf(jpeg))
    const speedUp = await slowDown(page, 60_000)
    await page.click('#send')
    await page.waitForFunction(() => document.querySelector('progress')?.value)
    await page.click('#cancel')
    await shows(page, 'framing')
    expect(await site.api.settings(user)).toMatchObject({ source: 'none', pending: null })
    await speedUp()
    await page.click('#send')
    await page.getByText('Your picture is ready').waitFor()
    await leave()
  })
})

async function shifted(
  locator: { boundingBox(): Promise<{ x: number; y: number } | null> },
  right: number,
  down: number,
): Promise<[number, number]> {
  const box = await locator.boundingBox()
  return [(box?.x ?? 0) + right, (box?.y ?? 0) + down]
}
