import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inBrowser, openBrowser, visit } from '../support/browser/browser.ts'
import { cutShort, enter, fileOf, type Site, shows, startSite } from '../support/browser/page.ts'
import { someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'

inBrowser('the keyboard alone will do', () => {
  let site: Site
  let browser: Browser
  let jpeg: Buffer

  beforeAll(async () => {
    ;[site, browser, jpeg] = await Promise.all([startSite(), openBrowser(), photo()])
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('the keyboard can sign in, choose a picture, adjust the frame and send, with announcements', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    await page.goto(site.url)
    await tabTo(page, 'Access token')
    await page.keyboard.insertText(tokenOf(user))
    await page.keyboard.press('Enter')
    await shows(page, 'picture')

    await chooseByKey(page, jpeg)
    await shows(page, 'framing')
    expect(await focused(page)).toBe('Frame')
    for (const key of ['Shift+-', 'ArrowRight', 'ArrowRight', 'Shift+ArrowDown']) {
      await page.keyboard.press(key)
    }
    // 900 less two tenths; 150 and its half of what went, and two hundredths; the half, and a tenth.
    await page.getByText('Frame of 720 pixels, 258 from the left, 180 from the top').waitFor()
    await tabTo(page, 'Size of the frame')
    await page.keyboard.press('End')
    await tabTo(page, 'Use this picture')
    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'PUT'),
      page.keyboard.press('Enter'),
    ])
    expect(new URL(sent.url()).searchParams.get('crop')).toBe('168,0,900,900')
    await page.getByRole('alert').getByText('Your picture is ready').waitFor()
    expect(await focused(page)).toBe('Your picture')
    expect((await site.api.settings(user)).source).toBe('upload')
    await leave()
  })

  it('Escape leaves the frame, and the keyboard reaches a rejection and the switch to Gravatar', async () => {
    const { page, leave } = await visit(browser)
    const user = someone()
    await enter(page, site, user)
    await chooseByKey(page, jpeg)
    await shows(page, 'framing')
    await page.keyboard.press('Escape')
    await shows(page, 'picture')
    expect(await focused(page)).toBe('Choose a picture')

    await chooseByKey(page, cutShort(jpeg).buffer)
    await shows(page, 'framing')
    await tabTo(page, 'Use this picture')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('This picture was not accepted').waitFor()

    await tabTo(page, 'Use my Gravatar')
    await page.keyboard.press('Enter')
    await page.getByText('Your picture comes from Gravatar').waitFor()
    expect(await focused(page)).toBe('Your picture')
    expect(await page.locator('#live').innerText()).toBe('Gravatar is set')
    await leave()
  })
})

async function chooseByKey(page: Page, picture: Buffer): Promise<void> {
  await tabTo(page, 'Choose a picture')
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.keyboard.press('Enter'),
  ])
  await chooser.setFiles(fileOf(picture))
}

/** What has the keyboard, by the name that a screen reader says. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement
    const label = (element as HTMLInputElement).labels?.[0]
    return element.getAttribute('aria-label') ?? label?.innerText ?? element.innerText
  })
}

async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = []
  for (let tries = 0; tries < 40; tries++) {
    const now = await focused(page)
    if (now === name) return
    seen.push(now)
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to "${name}", but to: ${seen.join(' | ')}`)
}
