import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inBrowser, openBrowser } from '../support/browser/browser.ts'
import { viewInChromium } from '../support/browser/reference/chromium-view.ts'
import { compareSquares } from '../support/browser/reference/compare.ts'
import { differences } from '../support/browser/reference/differences.ts'
import type { Finding } from '../support/browser/reference/finding.ts'
import { viewAsServed } from '../support/browser/reference/served-view.ts'
import { Client } from '../support/http/http.ts'
import { readCorpus } from '../support/pictures/hostile/corpus.ts'
import { severalAtOnce } from '../support/world/hostile-service.ts'
import { useWorld } from '../support/world/use-world.ts'

const folder = process.env.VISAGE_CORPUS
const SIDE = 256
const AT_ONCE = 3
const MINUTES = 60_000

interface Input {
  readonly name: string
  readonly sha256: string
  /** Verdict of the manifest: `accept`, or the kind of the rejection. */
  readonly expected: string
  read(): Buffer
}

inBrowser('the pictures of a corpus, compared with Chromium', () => {
  describe.skipIf(!folder)('(needs VISAGE_CORPUS=<folder>)', () => {
    const world = useWorld()
    const findings: Finding[] = []
    let browser: Browser

    beforeAll(async () => {
      browser = await openBrowser()
      const env = { FORMATS: 'webp,jpeg,png', SIZES: `${SIDE}` }
      const [api] = await Promise.all([world.startApiProcess(), world.startWorkerProcess(env)])
      const client = new Client(api)
      const page = await (await browser.newContext()).newPage()
      await severalAtOnce(inputs(), AT_ONCE, async (input) => {
        findings.push(await judge(input, page, client))
      })
    }, 30 * MINUTES)
    afterAll(() => browser?.close())

    async function judge(input: Input, page: Page, client: Client): Promise<Finding> {
      const file = input.read()
      const { name, sha256, expected } = input
      const served = await viewAsServed(world, client, file)
      const shown = await viewInChromium(page, file, SIDE)
      const extent = !shown ? 'nothing' : shown.complete ? 'complete' : 'part'
      const base = { name, sha256, expected, shown: extent } as const
      if ('refused' in served) return { ...base, refused: served.refused }
      if (!shown) return base
      const sizes = [served, shown].map(({ width, height }) => `${width}x${height}`)
      const pixels = served.square.length === shown.square.length
      return {
        ...base,
        ...(sizes[0] === sizes[1] ? {} : { sizes: sizes.join(' instead of ') }),
        ...(pixels ? { difference: compareSquares(served.square, shown.square, served.side) } : {}),
      }
    }

    test('each looks as in Chromium, except for listed differences', () => {
      expect(findings.length).toBeGreaterThan(0)
      expect(differences(findings)).toEqual([])
    })
  })
})

/** The files of `images.jsonl`, and those of `reported/expected.jsonl` if the folder has it. */
function inputs(): Input[] {
  const root = folder ?? ''
  const manifest = join(root, 'reported', 'expected.jsonl')
  const lines = existsSync(manifest)
    ? readFileSync(manifest, 'utf8').split('\n').filter(Boolean)
    : []
  const reported = lines
    .map((line) => JSON.parse(line) as { file: string; sha256: string; verdict: string })
    .filter(({ file }) => !file.startsWith('..'))
    .map(({ file, sha256, verdict }) => ({
      name: file,
      sha256,
      expected: verdict,
      read: () => readFileSync(join(root, 'reported', file)),
    }))
  return [...reported, ...readCorpus(root)]
}
