import type { Vitest } from 'vitest/node'

/** Sends to standard output what Vitest prints as errors meanwhile, so that the order stays. Returns it. */
export function captureErrors({ logger }: Vitest, work: () => void): string {
  const { errorStream, outputStream } = logger
  const { write } = errorStream
  let printed = ''
  errorStream.write = (text: string | Uint8Array): boolean => {
    printed += text
    return outputStream.write(text)
  }
  try {
    work()
  } finally {
    errorStream.write = write
  }
  return printed
}
