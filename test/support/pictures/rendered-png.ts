import { recipe } from '@visage/shared/avatar/recipe'
import { limits } from '../../../apps/worker/src/image/limits.ts'
import { at, type Raster, type Samples } from './pictures.ts'
import { renderPicture, shown } from './rendered.ts'

/** The largest variant, without loss. */
export async function renderedPng(file: Buffer): Promise<Raster> {
  return shown(await renderPicture(file, limits, { ...recipe, formats: ['png'] }), 'png')
}

/** The colour in the middle of the picture. */
export async function middleOf(file: Buffer): Promise<Samples> {
  const raster = await renderedPng(file)
  return at(raster, raster.width >> 1, raster.height >> 1)
}
