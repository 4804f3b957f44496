import type { VariantFormat } from '@visage/shared/avatar/recipe'
import type { RecipeId } from '@visage/shared/avatar/recipe-id'
import type { Header } from './inspect.ts'
import type { Placeholder } from './placeholder.ts'

export interface RenderedVariant {
  readonly size: number
  readonly format: VariantFormat
  readonly animated?: true
  readonly fallback?: true
  readonly data: Buffer
}

export interface Rendered extends Placeholder {
  /** Still variants first, then animated variants. Both are sorted by size, largest first. */
  readonly variants: readonly RenderedVariant[]
  readonly source: Pick<Header, 'format' | 'width' | 'height'>
  readonly recipe: RecipeId
}
