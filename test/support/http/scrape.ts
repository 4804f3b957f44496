/** Sample: one line of Prometheus's text format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Returns every sample of a process. @param port its ops port */
export async function scrape(port: number): Promise<Sample[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
  if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}`)
  const lines = (await answer.text()).split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(parse)
}

/** Returns the samples with this name and at least these labels. */
export function those(
  samples: readonly Sample[],
  name: string,
  labels: Sample['labels'] = {},
): Sample[] {
  const fits = (sample: Sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  return samples.filter((sample) => sample.name === name && fits(sample))
}

/** Returns the sum of the samples, or undefined if there are none. */
export function sumOf(...which: Parameters<typeof those>): number | undefined {
  const found = those(...which)
  if (found.length === 0) return undefined
  return found.reduce((sum, { value }) => sum + value, 0)
}

/** Returns the current sum of the matching samples of a process. @param port its ops port */
export async function metric(
  port: number,
  name: string,
  labels?: Sample['labels'],
): Promise<number | undefined> {
  return sumOf(await scrape(port), name, labels)
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g

function parse(line: string): Sample {
  const [, name = '', labels = '', value] = LINE.exec(line) ?? []
  if (!name) throw new Error(`no sample: ${line}`)
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', value = '']) => [label, value])
  return { name, labels: Object.fromEntries(pairs), value: Number(value) }
}
