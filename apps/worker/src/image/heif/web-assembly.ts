/** The part of the global `WebAssembly` that is used here. The types of Node without those of browsers lack it. */
interface WebAssemblyApi {
  compile(program: Uint8Array): Promise<Program>
  readonly Instance: new (program: Program, imports: Imports) => Instance
  readonly Memory: new (size: { initial: number }) => Memory
}

export interface Program {
  readonly isProgram: never
}

export type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface Instance {
  readonly exports: Readonly<Record<string, unknown>>
}

export interface Memory {
  readonly buffer: ArrayBuffer
  /** @param pages of 64 KiB */
  grow(pages: number): number
}

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }
