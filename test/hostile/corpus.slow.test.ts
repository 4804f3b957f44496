import { reasonWords } from '@visage/shared/errors/reasons'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CorpusFile, expectations, readCorpus } from '../support/pictures/hostile/corpus.ts'
import { exceptions } from '../support/pictures/hostile/exceptions.ts'
import { Service, severalAtOnce, type Verdict } from '../support/world/hostile-service.ts'
import { useWorld } from '../support/world/use-world.ts'

const folder = process.env.VISAGE_CORPUS
const AT_ONCE = 8
const MINUTES = 60_000

/** All but `unprocessable`, which says that the process came to grief: `ready`, not a picture, too many bytes, a reason. */
const VERDICTS: readonly string[] = [
  'ready',
  '40050',
  '40049',
  ...reasonWords.filter((word) => word !== 'unprocessable'),
]

interface Judged extends CorpusFile {
  readonly verdict: Verdict
}

/**
 * The files belong to other projects, so none of them is here. The folder has `images.jsonl`, a line of
 * JSON with `file`, `sha256` and `verdict` for each file in its folder `images`.
 */
describe.skipIf(!folder)('a corpus of pictures (needs VISAGE_CORPUS=<folder>)', () => {
  const judged: Judged[] = []
  const world = useWorld()
  let service: Service

  beforeAll(async () => {
    service = await Service.start(world)
    await severalAtOnce(readCorpus(folder ?? ''), AT_ONCE, async (file) => {
      judged.push({ ...file, verdict: await service.send(file.read()) })
    })
    process.stdout.write(summary(judged, service.peak))
  }, 30 * MINUTES)

  const exceptionFor = ({ sha256, verdict }: Judged) =>
    exceptions.find(
      (one) => one.sha256 === sha256 && (one.verdict === 'accepted') === verdict.accepted,
    )
  const unexplained = (wrong: (file: Judged) => boolean) =>
    judged
      .filter((file) => wrong(file) && !exceptionFor(file))
      .map(({ name, sha256, verdict }) => `${name} (${sha256}): ${verdict.word}`)

  test('has files of every class', () => {
    for (const expected of expectations)
      expect(judged.map((file) => file.expected)).toContain(expected)
  })

  test('gets an outcome for every file without a crash', async () => {
    expect(unexplained(({ verdict }) => !VERDICTS.includes(verdict.word))).toEqual([])
    expect(await service.troubles()).toEqual([])
  })

  test('is accepted if it is valid, except listed exceptions', () => {
    expect(
      unexplained(({ expected, verdict }) => expected === 'accept' && !verdict.accepted),
    ).toEqual([])
  })

  test.each(['reject:corrupt', 'reject:too-big', 'reject:type'])(
    'is refused if it is %s, except listed exceptions',
    (kind) => {
      expect(unexplained(({ expected, verdict }) => expected === kind && verdict.accepted)).toEqual(
        [],
      )
    },
  )

  test('has no exception for other types or too many pixels', () => {
    for (const file of judged)
      if (['reject:type', 'reject:too-big'].includes(file.expected))
        expect(exceptionFor(file), file.name).toBeUndefined()
  })
})

function summary(judged: readonly Judged[], peak: number): string {
  const lines = expectations.map((expected) => {
    const words = judged
      .filter((file) => file.expected === expected)
      .map(({ verdict }) => verdict.word)
    const counts = [...new Set(words)].map(
      (word) => `${words.filter((w) => w === word).length} ${word}`,
    )
    return `${expected.padEnd(16)}${String(words.length).padStart(5)}  ${counts.join(', ')}\n`
  })
  const slowest = judged.reduce((a, b) => (a.verdict.ms > b.verdict.ms ? a : b))
  const megabytes = Math.round(peak / 1e6)
  return [
    '\nmanifest        files  verdict\n',
    ...lines,
    `slowest: ${slowest.name}, ${Math.round(slowest.verdict.ms)} ms, ${AT_ONCE} at once\n`,
    `peak memory of the worker and its children: ${megabytes} MB\n`,
  ].join('')
}
