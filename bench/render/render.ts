import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { corpus } from '../support/corpus.ts'
import { interleave, median, ratio } from '../support/cpu.ts'
import type { Chart, Part, Report, Row, Target } from '../support/part.ts'
import { generated, type Picture } from '../support/pictures.ts'
import { stagesOf, waysOf } from './ways.ts'

const PLAN = { quick: { warmUp: 1, rounds: 2 }, full: { warmUp: 5, rounds: 25 } }

/** What ours may cost of the floor, and the peers' way of ours on the largest photo. */
const [OF_FLOOR, OF_OURS] = [1.1, 2.2]

export const part: Part = {
  what: 'CPU milliseconds a picture, one libvips thread, all sizes and formats of the recipe',
  measure: async (effort) => {
    const { warmUp, rounds: count } = PLAN[effort]
    const pictures = [...(await generated()), ...(await corpus())]
    prepareEngine()
    const bar = new ProgressBar('rounds', pictures.length * 2 * (warmUp + count))
    const rounds = { warmUp, rounds: count, step: () => bar.step() }
    const measured = []
    for (const picture of pictures) {
      const ways = await interleave(await waysOf(picture.bytes), rounds)
      const stages = await interleave(await stagesOf(picture.bytes), rounds)
      measured.push({ picture, ways, stages })
    }
    bar.end()
    return report(measured)
  },
}

type Times = Readonly<Record<string, readonly number[]>>
type Ways = Readonly<Record<'ours' | 'floor' | 'peers', readonly number[]>>

interface Measured {
  readonly picture: Picture
  readonly ways: Ways
  readonly stages: Times
}

function report(measured: readonly Measured[]): Report {
  return {
    tables: [
      { title: 'The whole of it, medians', rows: measured.map(wholeOf) },
      { title: 'Step by step, medians', rows: measured.map(stepsOf) },
    ],
    charts: measured.slice(0, 1).map(chartOf),
    targets: [...measured.map(floorTarget), ...measured.slice(0, 1).map(peersTarget)],
  }
}

function wholeOf({ picture, ways }: Measured): Row {
  const { ours, floor, peers } = ways
  return {
    picture: picture.name,
    KB: Math.round(picture.bytes.length / 1000),
    ours: median(ours),
    floor: median(floor),
    'a file opened for each': median(peers),
    'ours / floor': ratio(ours, floor),
    'each / ours': ratio(peers, ours),
  }
}

function stepsOf({ picture, stages }: Measured): Row {
  const medians = Object.entries(stages).map(([stage, times]) => [stage, median(times)])
  return { picture: picture.name, ...Object.fromEntries(medians) }
}

function chartOf({ picture, ways }: Measured): Chart {
  const { ours, floor, peers } = ways
  return {
    title: `CPU of a ${picture.name}, all sizes and formats`,
    unit: 'ms',
    bars: [
      { label: 'one decode and the encodes: the floor', value: median(floor) },
      { label: 'Visage', value: median(ours) },
      { label: 'a file opened for each variant', value: median(peers) },
    ],
  }
}

function floorTarget({ picture, ways }: Measured): Target {
  const what = `${picture.name}: ours, of the floor,`
  return { what, value: ratio(ways.ours, ways.floor), sense: 'at most', bound: OF_FLOOR }
}

function peersTarget({ picture, ways }: Measured): Target {
  const what = `${picture.name}: a file opened for each variant, of ours,`
  return { what, value: ratio(ways.peers, ways.ours), sense: 'at least', bound: OF_OURS }
}
