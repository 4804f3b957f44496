/** File whose outcome differs from that of the decoders in the manifest, and the reason. */
export interface Exception {
  readonly sha256: string
  readonly verdict: 'accepted' | 'refused'
  readonly because: string
}

export const exceptions: readonly Exception[] = [
  {
    sha256: '3614bbe9494f6374567cbf897e022a16abb8edd3f166745ce73a2f472eef6136',
    verdict: 'accepted',
    because: 'a PNG with a wrong Adler-32 and every row: Chromium shows it complete',
  },
  {
    sha256: 'dd18a256eb564db70cb0ae2785bb04ec28f7ffc30d8154c1ef9fa91f2e6f641c',
    verdict: 'accepted',
    because:
      'a whole GIF whose only frame has no width: what is seen is its screen of 2 by 2 pixels, as browsers show it',
  },
]
