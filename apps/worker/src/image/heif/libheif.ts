import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Imports, type Instance, type Program, WebAssembly } from './web-assembly.ts'

/** The part of libheif's C API, as compiled by Emscripten, that decodes a picture. Pointers are numbers. */
interface LibheifModule {
  readonly HEAPU8: Uint8Array
  _malloc(size: number): number
  _free(at: number): void
  _heif_context_alloc(): number
  _heif_context_free(context: number): void
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    file: number,
    size: number,
    options: number,
  ): void
  _heif_context_get_image_handle(error: number, context: number, item: number, out: number): void
  _heif_image_handle_release(handle: number): void
  _heif_decoding_options_alloc(): number
  _heif_decoding_options_free(options: number): void
  _heif_decode_image(
    error: number,
    handle: number,
    out: number,
    colourSpace: number,
    chroma: number,
    options: number,
  ): void
  _heif_image_get_plane_readonly2(image: number, channel: number, outStride: number): number
  _heif_image_get_width(image: number, channel: number): number
  _heif_image_get_height(image: number, channel: number): number
  _heif_image_is_premultiplied_alpha(image: number): number
  _heif_image_release(image: number): void
}

type Factory = (settings: {
  instantiateWasm(imports: Imports, use: (instance: Instance) => void): unknown
  print(text: string): void
  printErr(text: string): void
}) => LibheifModule

const require = createRequire(import.meta.url)
const FOLDER = 'libheif-js/libheif-wasm'
let program: Promise<Program> | undefined

/** Compiles libheif. The compiled program stays, a few megabytes; the memory of a picture does not. */
export function compileLibheif(): Promise<Program> {
  program ??= compile()
  return program
}

/** @throws Error if the program is missing, or if this Node cannot compile it */
export async function checkLibheif(): Promise<void> {
  await compile()
}

async function compile(): Promise<Program> {
  return WebAssembly.compile(await readFile(require.resolve(`${FOLDER}/libheif.wasm`)))
}

/** heif.h: `heif_colorspace_RGB`, `heif_channel_interleaved`, and `heif_chroma` by the number of channels. */
const [RGB, INTERLEAVED] = [1, 10]
const CHROMA = { 3: 10, 4: 11 } as const
/** heif_decoding.h: positions in `heif_decoding_options`, by the layout of wasm32. */
const OPTIONS = { ignoreTransformations: 1, convertHdrTo8bit: 20, strictDecoding: 21 } as const
const PAGE = 65_536

/** Pixels in the memory of libheif: valid until the next call. 8 bits a sample. */
export interface DecodedItem {
  readonly data: Uint8Array
  /** Bytes from one row to the next. */
  readonly stride: number
  readonly width: number
  readonly height: number
  readonly premultiplied: boolean
}

/** One HEIF file in an instance of libheif. Its memory is released when the object is collected. */
export class Libheif {
  readonly #lib: LibheifModule
  readonly #context: number
  /** Results of the C API: an error (12 bytes), a pointer at 16. */
  readonly #result: number
  readonly #options: number
  #used = false

  private constructor(lib: LibheifModule, file: Buffer) {
    this.#lib = lib
    this.#result = lib._malloc(32)
    this.#context = lib._heif_context_alloc()
    const at = lib._malloc(file.length)
    if (at === 0) throw new Error('libheif has too little memory')
    lib.HEAPU8.set(file, at)
    lib._heif_context_read_from_memory_without_copy(this.#result, this.#context, at, file.length, 0)
    this.#check()
    this.#options = lib._heif_decoding_options_alloc()
    for (const option of Object.values(OPTIONS)) lib.HEAPU8[this.#options + option] = 1
  }

  /**
   * @param maxMemory bytes that libheif may hold; a decoder that needs more fails
   * @throws Error
   */
  static async open(file: Buffer, maxMemory: number): Promise<Libheif> {
    const module = await compileLibheif()
    const factory: Factory = require(`${FOLDER}/libheif.js`)
    const lib = factory({
      instantiateWasm: (imports, use) => {
        const instance = new WebAssembly.Instance(module, imports)
        limitMemory(instance, maxMemory)
        use(instance)
        return instance.exports
      },
      print: () => {},
      printErr: () => {},
    })
    return new Libheif(lib, file)
  }

  /**
   * Decodes an item without its transforms, and gives its pixels to `use`.
   * @throws Error if libheif reports damage
   */
  decode(item: number, channels: 3 | 4, use: (pixels: DecodedItem) => void): void {
    this.#used = true
    const lib = this.#lib
    lib._heif_context_get_image_handle(this.#result, this.#context, item, this.#result + 16)
    this.#check()
    const handle = this.#pointer()
    try {
      const chroma = CHROMA[channels]
      const out = this.#result + 16
      lib._heif_decode_image(this.#result, handle, out, RGB, chroma, this.#options)
      this.#check()
      const image = this.#pointer()
      use(this.#pixelsOf(image))
      lib._heif_image_release(image)
    } finally {
      lib._heif_image_handle_release(handle)
    }
  }

  /**
   * Fills free memory of libheif, so that pixels that the next picture does not write have this value. Memory that no
   * picture has used is 0.
   */
  fillFreeMemory(size: number, value: number): void {
    if (!this.#used && value === 0) return
    const lib = this.#lib
    const blocks = Array.from({ length: Math.ceil(size / PAGE) }, () => lib._malloc(PAGE))
    for (const at of blocks) {
      if (at !== 0) lib.HEAPU8.fill(value, at, at + PAGE)
    }
    for (const at of blocks) lib._free(at)
  }

  #pixelsOf(image: number): DecodedItem {
    const lib = this.#lib
    const at = lib._heif_image_get_plane_readonly2(image, INTERLEAVED, this.#result + 16)
    const stride = this.#pointer()
    const [width, height] = [
      lib._heif_image_get_width(image, INTERLEAVED),
      lib._heif_image_get_height(image, INTERLEAVED),
    ]
    if (at === 0 || width <= 0 || height <= 0) throw new Error('libheif returned no pixels')
    const premultiplied = lib._heif_image_is_premultiplied_alpha(image) !== 0
    const data = lib.HEAPU8.subarray(at, at + stride * height)
    return { data, stride, width, height, premultiplied }
  }

  #pointer(): number {
    return this.#word(this.#result + 16)
  }

  /** heif_error.h: code, subcode, message. Code 0: no error. */
  #check(): void {
    if (this.#word(this.#result) === 0) return
    const at = this.#word(this.#result + 8)
    const text = Buffer.from(this.#lib.HEAPU8.subarray(at, at + 200)).toString('latin1')
    throw new Error(`libheif: ${text.split('\0', 1)[0]}`)
  }

  #word(at: number): number {
    const { buffer } = this.#lib.HEAPU8
    return new DataView(buffer).getUint32(at, true)
  }
}

/** Emscripten grows the memory by this method, and takes an exception for "no memory". */
function limitMemory({ exports }: Instance, max: number): void {
  const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory)
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('libheif exports no memory')
  const grow = memory.grow.bind(memory)
  memory.grow = (pages: number) => {
    if (memory.buffer.byteLength + pages * PAGE > max) throw new RangeError('Memory limit exceeded')
    return grow(pages)
  }
}
