import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { findSystemProgram } from '@visage/stack/system-programs'
import type axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { withProgram } from '../servers/with-program.ts'

/** Path of the browser: `CHROME`, else one on the PATH, else that of Playwright (`PLAYWRIGHT_BROWSERS_PATH`). */
const program =
  process.env.CHROME || findSystemProgram('Chromium') || playwrightsOwn(chromium.executablePath())

/** Defines tests that need a browser. */
export const inBrowser = (name: string, body: () => void) =>
  withProgram('Chromium', name, body, program)

function playwrightsOwn(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}

export function openBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: program ?? '', args })
}

/** Browser tab with its console errors and policy violations. */
export interface Visit {
  readonly page: Page
  readonly complaints: string[]
  /** Closes the tab. @throws if there was an error or a violation */
  leave(): Promise<void>
}

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  page.setDefaultTimeout(45_000)
  // A listener from the start keeps the file chooser from opening.
  page.on('filechooser', () => {})
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    const wrong = ['error', 'warning'].includes(message.type())
    if (wrong) complaints.push(message.text())
  })
  return {
    page,
    complaints,
    async leave() {
      await context.close()
      expect(complaints).toEqual([])
    },
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = new URL('../../web/screenshots/', import.meta.url)

/** Writes a screenshot for people to test/web/screenshots. */
export async function keepShot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: new URL(`${name}.png`, shots).pathname, fullPage: true })
}

/** Returns the accessibility violations that axe finds on the page. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate(() => (globalThis as unknown as WithAxe).axe.run())
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html)}`)
}

interface WithAxe {
  readonly axe: typeof axe
}
