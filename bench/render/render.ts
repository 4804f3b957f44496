import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { corpus } from '../support/corpus.ts'
import { interleave, median, ratio } from '../support/cpu.ts'
import type { Chart, Part, Report, Row, Target } from '../support/part.ts'
import { generated, type Picture } from '../support/pictures.ts'
import { stagesOf, strategiesOf } from './strategies.ts'

const PLAN = { quick: { warmUp: 1, rounds: 2 }, full: { warmUp: 5, rounds: 25 } }

/** Maximum cost of Visage relative to the floor, and minimum cost of `perVariant` relative to Visage for the largest photo. */
const [TO_FLOOR, TO_VISAGE] = [1.1, 2.2]

export const part: Part = {
  what: 'CPU milliseconds per picture, one libvips thread, all sizes and formats of the recipe',
  measure: async (effort) => {
    const { warmUp, rounds: count } = PLAN[effort]
    const pictures = [...(await generated()), ...(await corpus())]
    prepareEngine()
    const bar = new ProgressBar('rounds', pictures.length * 2 * (warmUp + count))
    const rounds = { warmUp, rounds: count, step: () => bar.step() }
    const measured = []
    for (const picture of pictures) {
      const strategies = await interleave(await strategiesOf(picture.bytes), rounds)
      const stages = await interleave(await stagesOf(picture.bytes), rounds)
      measured.push({ picture, strategies, stages })
    }
    bar.end()
    return report(measured)
  },
}

type Times = Readonly<Record<string, readonly number[]>>
type StrategyTimes = Readonly<Record<'visage' | 'floor' | 'perVariant', readonly number[]>>

interface Measured {
  readonly picture: Picture
  readonly strategies: StrategyTimes
  readonly stages: Times
}

function report(measured: readonly Measured[]): Report {
  return {
    tables: [
      { title: 'Complete rendering, medians', rows: measured.map(totalRow) },
      { title: 'By step, medians', rows: measured.map(stepRow) },
    ],
    charts: measured.slice(0, 1).map(chartOf),
    targets: [...measured.map(floorTarget), ...measured.slice(0, 1).map(perVariantTarget)],
  }
}

function totalRow({ picture, strategies }: Measured): Row {
  const { visage, floor, perVariant } = strategies
  return {
    picture: picture.name,
    KB: Math.round(picture.bytes.length / 1000),
    Visage: median(visage),
    floor: median(floor),
    'file opened per variant': median(perVariant),
    'Visage / floor': ratio(visage, floor),
    'per variant / Visage': ratio(perVariant, visage),
  }
}

function stepRow({ picture, stages }: Measured): Row {
  const medians = Object.entries(stages).map(([stage, times]) => [stage, median(times)])
  return { picture: picture.name, ...Object.fromEntries(medians) }
}

function chartOf({ picture, strategies }: Measured): Chart {
  const { visage, floor, perVariant } = strategies
  return {
    title: `CPU of a ${picture.name}, all sizes and formats`,
    unit: 'ms',
    bars: [
      { label: 'floor: one decode and the encodes', value: median(floor) },
      { label: 'Visage', value: median(visage) },
      { label: 'file opened per variant', value: median(perVariant) },
    ],
  }
}

function floorTarget({ picture, strategies }: Measured): Target {
  const what = `${picture.name}: Visage, relative to the floor,`
  return {
    what,
    value: ratio(strategies.visage, strategies.floor),
    sense: 'at most',
    bound: TO_FLOOR,
  }
}

function perVariantTarget({ picture, strategies }: Measured): Target {
  const what = `${picture.name}: file opened per variant, relative to Visage,`
  return {
    what,
    value: ratio(strategies.perVariant, strategies.visage),
    sense: 'at least',
    bound: TO_VISAGE,
  }
}
