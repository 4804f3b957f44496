/** Three numbers: a colour of three channels, or XYZ. */
export type Triple = readonly [number, number, number]

/** Row by row. */
export type Matrix = readonly [Triple, Triple, Triple]

export const apply = (matrix: Matrix, [x, y, z]: Triple): Triple =>
  mapTriple(matrix, ([a, b, c]) => a * x + b * y + c * z)

export function mapTriple<T>(
  [a, b, c]: readonly [T, T, T],
  change: (value: T, index: 0 | 1 | 2) => number,
): Triple {
  return [change(a, 0), change(b, 1), change(c, 2)]
}

export function multiply(left: Matrix, right: Matrix): Matrix {
  const [a, b, c] = transpose(right)
  return transpose([apply(left, a), apply(left, b), apply(left, c)])
}

export const transpose = ([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix => [
  [a, d, g],
  [b, e, h],
  [c, f, i],
]

export const diagonal = ([x, y, z]: Triple): Matrix => [
  [x, 0, 0],
  [0, y, 0],
  [0, 0, z],
]

/** Contains numbers that are not finite if `matrix` has no inverse. */
export function invert([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const [A, B, C] = [e * i - f * h, f * g - d * i, d * h - e * g]
  const scale = 1 / (a * A + b * B + c * C)
  const adjugate: Matrix = [
    [A, c * h - b * i, b * f - c * e],
    [B, a * i - c * g, c * d - a * f],
    [C, b * g - a * h, a * e - b * d],
  ]
  return multiply(adjugate, diagonal([scale, scale, scale]))
}
