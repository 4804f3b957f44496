import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { findSystemProgram } from '@visage/stack/system-programs'
import type axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { withProgram } from '../servers/with-program.ts'

/** `CHROME`, else one on the PATH, else Playwright's own (`PLAYWRIGHT_BROWSERS_PATH`). */
const program =
  process.env.CHROME || findSystemProgram('Chromium') || playwrightsOwn(chromium.executablePath())

/** Tests that need a browser. */
export const inBrowser = (name: string, body: () => void) =>
  withProgram('Chromium', name, body, program)

function playwrightsOwn(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}

export function openBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: program ?? '', args })
}

/** One tab, and everything that its console and its policy held against it. */
export interface Visit {
  readonly page: Page
  readonly complaints: string[]
  /** Closes it, and fails if there was anything to complain about. */
  leave(): Promise<void>
}

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  page.setDefaultTimeout(45_000)
  // With a listener from the start, a chooser never opens for real.
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

/** For people to look at: test/web/screenshots. */
export async function keepShot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: new URL(`${name}.png`, shots).pathname, fullPage: true })
}

/** What axe holds against the page as it is now. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate(() => (globalThis as unknown as WithAxe).axe.run())
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html)}`)
}

interface WithAxe {
  readonly axe: typeof axe
}
