import type { Finding } from './finding.ts'

/** A difference from Chromium that is wanted, or that a library causes. */
interface Exception {
  readonly because: string
  applies(finding: Finding): boolean
}

const file =
  (...hashes: string[]) =>
  ({ sha256 }: Finding) =>
    hashes.some((hash) => sha256.startsWith(hash))

export const exceptions: readonly Exception[] = [
  {
    because: 'Chromium shows formats that are not accepted, such as SVG, BMP and ICO',
    applies: ({ refused }) => refused === '40050',
  },
  {
    because: 'Chromium cannot show HEIC',
    applies: ({ name, shown, refused }) =>
      /\.hei[cf]$/.test(name) && shown === 'nothing' && !refused,
  },
  {
    because: 'the picture is over a limit, which the message names',
    applies: ({ refused }) => refused === 'too_many_pixels' || refused === 'too_large_decoded',
  },
  {
    because: 'data is damaged: libjpeg-turbo reports it, and Chromium ignores the report',
    applies: ({ expected, refused }) => expected !== 'accept' && refused === 'corrupt',
  },
  {
    because: 'the last rows of a JPEG without an end marker stay transparent in Chromium',
    applies: file('1baafdd803063c7a'),
  },
  {
    because:
      'an HDR test picture: Chromium clips its colours, which are far outside of sRGB, otherwise',
    applies: file('d675f46519029ce3'),
  },
  {
    because: 'limited-range grey AVIF is up to 14 levels lighter in libvips',
    applies: file('466efdd269f3be3b'),
  },
  {
    because: 'Chromium shows nothing or a transparent picture because of the alpha plane',
    applies: file('8deb96e78c3e5d60', 'f205cf2c05265b84'),
  },
]
