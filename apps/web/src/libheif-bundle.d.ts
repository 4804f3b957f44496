/** The part of libheif's API that the page uses. libheif-js has no types for this file. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.mjs' {
  export interface Heif {
    heif_context_alloc(): unknown
    heif_context_read_from_memory(context: unknown, file: Uint8Array): { code: unknown }
    heif_context_free(context: unknown): void
    heif_js_context_get_primary_image_handle(context: unknown): unknown
    heif_js_decode_image2(handle: unknown, colorspace: unknown, chroma: unknown): DecodedImage
    heif_colorspace: { heif_colorspace_RGB: unknown }
    heif_chroma: { heif_chroma_interleaved_RGBA: unknown }
  }

  export interface DecodedImage {
    readonly width: number
    readonly height: number
    readonly channels?: readonly { readonly stride: number; readonly data: Uint8Array }[]
  }

  export default function load(): Promise<Heif>
}
