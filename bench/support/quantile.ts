/** Quantile by the nearest-rank method. @param q from 0 to 1 */
export function quantile(values: readonly number[], q: number): number {
  const ascending = [...values].sort((a, b) => a - b)
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? Number.NaN
}
