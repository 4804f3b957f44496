import { recipe, type VariantFormat } from '@visage/shared/avatar/recipe'
import { limits } from '../../../apps/worker/src/image/limits.ts'
import { render } from '../../../apps/worker/src/image/render.ts'
import type { Rendered } from '../../../apps/worker/src/image/rendered.ts'
import { open, type Raster } from './pictures.ts'

/** As the worker renders. */
export const renderPicture = (bytes: Buffer, within = limits, by = recipe): Promise<Rendered> =>
  render(bytes, by, within)

/** The pixels of one variant: of the largest where no size is given. */
export async function shown(
  { variants }: Rendered,
  format: VariantFormat,
  size = variants[0]?.size,
): Promise<Raster> {
  const found = variants.find((one) => one.format === format && one.size === size)
  if (!found) throw new Error(`no ${format} of ${size} was rendered`)
  return open(found.data)
}

/** The pixels of the largest variant in each format. */
export function shownInEach(rendered: Rendered): Promise<Raster[]> {
  return Promise.all(recipe.formats.map((format) => shown(rendered, format)))
}
