import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inBrowser, keepShot, openBrowser, violations, visit } from '../support/browser/browser.ts'
import {
  cutShort,
  enter,
  fileOf,
  type Site,
  shows,
  slowDown,
  startSite,
} from '../support/browser/page.ts'
import { someone } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'

/** Pixels: a phone, a tablet, a desk. */
const WIDTHS = [360, 768, 1280]

inBrowser('every state of the page can be read by everybody', () => {
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

  it.each(['light', 'dark'] as const)('%s', async (colorScheme) => {
    const { page, leave } = await visit(browser, { colorScheme, reducedMotion: 'reduce' })
    const look = async (state: string) => {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 })
        expect(await overflow(page), `${state} is wider than ${width} pixels`).toBe(0)
        await keepShot(page, `${state}-${width}-${colorScheme}`)
      }
      expect(await violations(page), state).toEqual([])
    }
    await page.goto(site.url)
    await page.locator('#sign-in').waitFor()
    await look('sign-in')
    await enter(page, site, someone())
    await look('empty')
    await page.setInputFiles('#file', fileOf(jpeg))
    await shows(page, 'framing')
    await look('framing')
    const speedUp = await slowDown(page, 60_000)
    await page.click('#send')
    await page.waitForFunction(() => document.querySelector('progress')?.value)
    await look('sending')
    await speedUp()
    await page.getByText('Your picture is ready').waitFor()
    await look('ready')
    await page.setInputFiles('#file', cutShort(jpeg))
    await page.click('#send')
    await page.getByText('This picture was not accepted').waitFor()
    await look('rejected')
    await leave()
  })

  it('nothing is animated with reduced motion', async () => {
    const moving = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { page, leave } = await visit(browser, { reducedMotion })
      await enter(page, site, someone())
      const times = await page.evaluate(() =>
        [...document.querySelectorAll('*')].map((one) => {
          const { animationDuration, transitionDuration } = getComputedStyle(one)
          return `${animationDuration}, ${transitionDuration}`
        }),
      )
      await leave()
      return times.some((one) => /[1-9]/.test(one))
    }
    expect(await moving('no-preference')).toBe(true)
    expect(await moving('reduce')).toBe(false)
  })
})

/** Pixels by which the page is wider than its window. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
