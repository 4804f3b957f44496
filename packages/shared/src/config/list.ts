import { type Format, integerIn } from './setting.ts'

/** A comma-separated list of at least one of these words, without duplicates. */
export function listOf<const T extends string>(...words: readonly T[]): Format<readonly T[]> {
  const parse = (text: string) => {
    const given = text.split(',').map((word) => words.find((known) => known === word.trim()))
    const known = given.filter((word) => word !== undefined)
    return known.length === given.length && isDistinct(known) ? known : undefined
  }
  return { format: `a comma-separated list of ${words.join(', ')}, without duplicates`, parse }
}

/** Sides of squares in pixels, the largest first. */
export const sides: Format<readonly number[]> = {
  format: 'a comma-separated list of up to 16 different numbers from 1 to 4096, such as 512,64',
  parse: parseSides,
}

function parseSides(text: string): readonly number[] | undefined {
  const given = text.split(',').map((side) => integerIn(1, 4096)(side.trim()))
  const known = given.filter((side) => side !== undefined)
  const fits = known.length === given.length && known.length <= 16 && isDistinct(known)
  return fits ? known.sort((a, b) => b - a) : undefined
}

function isDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}
