/** File whose outcome differs from that of the decoders in the manifest, and the reason. */
export interface Exception {
  readonly sha256: string
  readonly verdict: 'accepted' | 'refused'
  readonly because: string
}

export const exceptions: readonly Exception[] = [
  {
    sha256: 'b0ec39a53388e8d2c9a9b10f8e0f4d2caa90c09dad6bac5d1fec47b28f3de5f0',
    verdict: 'refused',
    because:
      'a GIF of 38 bytes that ends within its first and only frame: its data has no end, and nothing comes after it',
  },
  {
    sha256: '6c64922908b79bdc2127faea07eb47175cf249129eacd62f3ff93bd69ca2bb03',
    verdict: 'accepted',
    because:
      'a whole JPEG of the lossless kind (frame type 3), which our decoder knows and those of the manifest do not',
  },
  {
    sha256: '82b0a97bf5cdfd4e4b3e826e8f5e9a313a32103181542fc04840d33d2322d054',
    verdict: 'accepted',
    because: 'a whole JPEG of the lossless kind (frame type 3), grey; as above',
  },
  {
    sha256: 'dd18a256eb564db70cb0ae2785bb04ec28f7ffc30d8154c1ef9fa91f2e6f641c',
    verdict: 'accepted',
    because:
      'a whole GIF whose only frame has no width: what is seen is its screen of 2 by 2 pixels, as browsers show it',
  },
]
