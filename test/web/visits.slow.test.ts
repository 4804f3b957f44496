import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inBrowser, openBrowser, visit } from '../support/browser/browser.ts'
import { enter, fileOf, type Site, shows, startSiteWithoutWorker } from '../support/browser/page.ts'
import { someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'

inBrowser('a person comes, waits, and goes', () => {
  let site: Site
  let browser: Browser
  let jpeg: Buffer

  beforeAll(async () => {
    ;[site, browser, jpeg] = await Promise.all([
      startSiteWithoutWorker(),
      openBrowser(),
      photo({ width: 300, height: 200 }),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('a token in the URL is removed at once, kept for this tab, and deleted at sign-out', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    await enter(page, site, user)
    expect(page.url()).toBe(site.url)
    await page.reload()
    await shows(page, 'picture')
    expect(await page.locator('#user').innerText()).toBe(user)
    await page.click('#sign-out')
    await page.reload()
    await page.fill('#token', `Bearer ${tokenOf(user)}`)
    await page.click('text="Sign in"')
    await shows(page, 'picture')
    await leave()
  })

  it('an invalid token leads back to the sign-in view', async () => {
    const { page, leave } = await visit(browser)
    await page.goto(`${site.url}#token=${tokenOf(someone(), { exp: 1 })}`)
    await page.getByText('This token is no longer accepted').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    await page.fill('#token', 'not a token')
    await page.keyboard.press('Enter')
    await page.getByText('This is not a token').waitFor()
    await leave()
  })

  it('a queued upload shows its queue position, even after a reload', async () => {
    const first = await site.api.upload(someone(), jpeg)
    const { page, leave } = await visit(browser)
    await enter(page, site, someone())
    await page.setInputFiles('#file', fileOf(jpeg))
    await page.click('#send')
    await page.getByText('position 2').waitFor()
    await page.reload()
    await page.getByText('position 2').waitFor()
    await site.world.startWorker()
    await page.getByText('Your picture is ready').waitFor()
    await site.world.outcome(first)
    await leave()
  })

  it('after too many changes the page counts down and then continues', async () => {
    const app = await site.world.startApi({
      WEB: 'true',
      RATE_LIMIT: '1/2s',
      GRAVATAR_URL: site.gravatarUrl,
    })
    const { page, leave, complaints } = await visit(browser)
    await enter(page, { ...site, url: `http://127.0.0.1:${app.port}/` }, someone())
    await page.click('#gravatar')
    await page.getByText('Your picture comes from Gravatar').waitFor()
    await page.setInputFiles('#file', fileOf(jpeg))
    await page.click('#send')
    const notice = page.locator('#notice[data-tone=wait]')
    await notice.waitFor()
    expect(await notice.innerText()).toMatch(/Too many uploads\.\s+You can try again in [12] s/)
    await notice.waitFor({ state: 'hidden' })
    await page.click('#send')
    await page.getByText('Your picture is ready').waitFor()
    // The browser's own line about the 429.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('429')])
    await leave()
  })

  it('an unavailable service is reported, and the user can send again', async () => {
    const app = await site.world.startApi({ WEB: 'true' })
    const { page, leave, complaints } = await visit(browser)
    await enter(page, { ...site, url: `http://127.0.0.1:${app.port}/` }, someone())
    await page.setInputFiles('#file', fileOf(jpeg))
    await app.stop()
    await page.click('#send')
    await page.getByText('The service cannot be reached').waitFor()
    await shows(page, 'framing')
    // The browser's own line about the connection.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('ERR_CONNECTION_REFUSED')])
    await leave()
  })
})
