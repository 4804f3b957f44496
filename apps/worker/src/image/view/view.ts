import type { SourceFormat } from '@visage/shared/avatar/formats'

/**
 * A picture in the form in which libvips sees what Chromium shows: the same orientation, canvas, first frame and
 * colours.
 */
export type View = FileView | PixelsView

/** A file that libvips decodes. */
export interface FileView {
  readonly format: SourceFormat
  readonly file: Buffer
  /** ICC profile of the decoded pixels, if the file has colours that libvips does not convert. */
  readonly profile?: Buffer
  /** Number of pages of the file before the first frame. They are no part of the picture. */
  readonly page?: number
  /** Rejects a picture whose missing pixels the decoder does not report. Called after the limits were checked. */
  assertComplete?(): void
  /**
   * Returns a file in which libvips composes every frame as Chromium does, if `file` is not such a file.
   * @throws Rejection if a frame is damaged
   */
  composeFrames?(): Pick<FileView, 'file' | 'page'>
}

/** A picture that another decoder, or our own composition of a canvas, turns into pixels. */
export interface PixelsView {
  readonly format: SourceFormat
  readonly width: number
  readonly height: number
  /** Bytes a pixel of `decode`'s result: 8 bits a sample. */
  readonly channels: 3 | 4
  /** Returns the pixels, row by row, upright. Called once, after the limits were checked.  @throws Rejection */
  decode(): Promise<Buffer>
  readonly profile?: Buffer
}
