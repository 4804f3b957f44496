import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drawChart } from './chart.ts'
import { print } from './print.ts'
import { latest, type Result } from './store.ts'

const DOCUMENT = new URL('../../docs/benchmarks.md', import.meta.url)
const IMAGES = new URL('../../docs/images/', import.meta.url)

const HEAD = `# Benchmarks

See what was measured, on which machine, and which targets were met or missed. \`npm run bench\` measures
everything and writes this page; \`npm run bench -- <part>\` measures one part. [scaling.md](scaling.md) and
[costs.md](costs.md) say what follows, and [scaling.md](scaling.md#measure-your-own-servers) how to measure yours.

Servers, clients and workers share one small machine. Compare figures only within a part: its rows are measured in
turns, and ratios are medians over the rounds. Postgres, Redis and S3 are started for each part.
`

/**
 * Updates docs/benchmarks.md and its charts for the measured parts. The sections of all other parts do not change.
 * @param order names of all parts, in the order of the document
 * @returns the path of the document
 */
export function writeDocument(order: readonly string[], measured: readonly string[]): string {
  const results = measured.flatMap((part) => latest(part) ?? [])
  const sections = new Map(results.map((result) => [result.part, section(result)]))
  writeFileSync(DOCUMENT, renew(readFileSync(DOCUMENT, 'utf8'), order, sections))
  return fileURLToPath(DOCUMENT)
}

/** Replaces or adds `sections` (by part) in the document. */
export function renew(
  document: string,
  order: readonly string[],
  sections: ReadonlyMap<string, string>,
): string {
  const all = new Map([...sectionsOf(document), ...sections])
  return [HEAD, ...order.flatMap((part) => all.get(part) ?? [])].join('\n')
}

function sectionsOf(document: string): [part: string, section: string][] {
  const [, ...sections] = document.split(/^## /m)
  return sections.map((text) => [text.slice(0, text.indexOf('\n')), `## ${text.trimEnd()}\n`])
}

function section(result: Result): string {
  const { part, what, at, machine } = result
  const { processor, cores, node, sharp, libvips } = machine
  return [
    `## ${part}`,
    '',
    `${what[0]?.toUpperCase()}${what.slice(1)}.`,
    `\`npm run bench -- ${part}\`, ${at.slice(0, 10)}, ${cores} cores (${processor}), ${machine['memory, GiB']} GiB, Node ${node}, sharp ${sharp}, libvips ${libvips}.`,
    '',
    ...charts(result),
    print(result),
  ].join('\n')
}

function charts({ part, charts = [] }: Result): string[] {
  mkdirSync(IMAGES, { recursive: true })
  return charts.flatMap((chart, i) => {
    const name = `bench-${part}-${i + 1}.svg`
    writeFileSync(new URL(name, IMAGES), drawChart(chart))
    return [`![${chart.title}](images/${name})`, '']
  })
}
