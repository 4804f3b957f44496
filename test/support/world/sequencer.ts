import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders of the longest files. They start first, so that none runs alone at the end. */
const FIRST = ['/test/bench/', '/test/faults/', '/test/deploy/']

/** Starts the longest files first, even in a fresh clone, where Vitest has no durations yet. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

function rank({ moduleId }: TestSpecification): number {
  const index = FIRST.findIndex((folder) => moduleId.includes(folder))
  return index === -1 ? FIRST.length : index
}
