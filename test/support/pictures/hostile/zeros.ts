import { constants, deflateRawSync } from 'node:zlib'

const MEBIBYTE = 2 ** 20
const ADLER_MODULUS = 65_521

/** A zlib stream (RFC 1950) of so many mebibytes of zeros, made without ever holding them: about 1/1000 of that. */
export function deflatedZeros(mebibytes: number): Buffer {
  const flush = { level: 9, finishFlush: constants.Z_FULL_FLUSH }
  const one = deflateRawSync(Buffer.alloc(MEBIBYTE), flush)
  const last = Buffer.from([0x03, 0x00])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt16BE((mebibytes * MEBIBYTE) % ADLER_MODULUS, 0)
  checksum.writeUInt16BE(1, 2)
  return Buffer.concat([
    Buffer.from([0x78, 0xda]),
    ...Array<Buffer>(mebibytes).fill(one),
    last,
    checksum,
  ])
}

/** The same bytes so many times over. */
export function repeated(bytes: Buffer, times: number): Buffer {
  const all = Buffer.alloc(bytes.length * times)
  for (let i = 0; i < times; i++) bytes.copy(all, i * bytes.length)
  return all
}
