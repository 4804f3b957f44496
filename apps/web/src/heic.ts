import type { DecodedImage, Heif } from 'libheif-js/libheif-wasm/libheif-bundle.mjs'

/**
 * Decodes the main picture of a HEIC file, which most browsers cannot show. Loads the decoder, about 2 MB, on the first
 * call.
 * @returns a PNG with the same orientation and size; undefined if the file cannot be decoded
 */
export async function heicToPng(file: Blob): Promise<Blob | undefined> {
  try {
    const { default: load } = await import('libheif-js/libheif-wasm/libheif-bundle.mjs')
    const canvas = decode(await load(), new Uint8Array(await file.arrayBuffer()))
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined)))
  } catch {
    return undefined
  }
}

function decode(heif: Heif, file: Uint8Array): HTMLCanvasElement {
  const context = heif.heif_context_alloc()
  try {
    heif.heif_context_read_from_memory(context, file)
    const handle = heif.heif_js_context_get_primary_image_handle(context)
    return paint(
      heif.heif_js_decode_image2(
        handle,
        heif.heif_colorspace.heif_colorspace_RGB,
        heif.heif_chroma.heif_chroma_interleaved_RGBA,
      ),
    )
  } finally {
    heif.heif_context_free(context)
  }
}

/** @throws Error if libheif decoded no pixels */
function paint({ width, height, channels }: DecodedImage): HTMLCanvasElement {
  const channel = channels?.[0]
  if (!channel) throw new Error('libheif decoded no pixels')
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height })
  const image = new ImageData(width, height)
  for (let row = 0; row < height; row++) {
    const start = row * channel.stride
    image.data.set(channel.data.subarray(start, start + width * 4), row * width * 4)
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}
