import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drawChart } from './chart.ts'
import { print } from './print.ts'
import { latest, type Result } from './store.ts'

const DOCUMENT = new URL('../../docs/benchmarks.md', import.meta.url)
const IMAGES = new URL('../../docs/images/', import.meta.url)

const HEAD = `# Benchmarks

Written by \`npm run bench\`, which measures all of this, or \`npm run bench -- <part>\` for one part: each part
stands here as it was measured last. Servers, clients and workers share one small machine, so that what counts is what
is compared within a part: the rounds of its rows follow each other in turns, and ratios are medians over the rounds. A target that was not
reached says "short of". [scaling.md](scaling.md) says what follows from the figures for larger sites.

Postgres, Redis and S3 are started for each part. Where \`DATABASE_URL\`, \`REDIS_URL\` or \`S3_ENDPOINT\` with its keys is given, as for
\`npm start\`, that server is used instead, and the part says so. It makes a database \`bench…\`, a bucket \`visage-bench…\` and Redis keys
\`bench…:*\` of its own there, and all of them are removed when it has ended, failed or been interrupted; nothing else is touched. The role
must be allowed to make databases, the key to make buckets, and Redis is one server. What \`backlog\` says of Redis's memory holds
where nobody else uses it. The CPU of a server that is not ours is not known to \`scale\`, and \`rebuild\` is refused with \`REDIS_URL\`: it flushes Redis.
`

/**
 * Writes docs/benchmarks.md with its charts: what was measured now, and all others as they stand there.
 * @param order of all parts
 * @returns the file's path
 */
export function writeDocument(order: readonly string[], measured: readonly string[]): string {
  const results = measured.flatMap((part) => latest(part) ?? [])
  const sections = new Map(results.map((result) => [result.part, section(result)]))
  writeFileSync(DOCUMENT, renew(readFileSync(DOCUMENT, 'utf8'), order, sections))
  return fileURLToPath(DOCUMENT)
}

/** The document with these sections, by part, in place of its own or in addition to them. */
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
    '',
    ...charts(result),
    print(result),
    `${at.slice(0, 10)}, ${cores} cores (${processor}), ${machine['memory, GiB']} GiB, Node ${node}, sharp ${sharp}, libvips ${libvips}.`,
    '',
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
