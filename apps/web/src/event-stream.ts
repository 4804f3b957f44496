export interface StreamEvent {
  readonly event: string
  readonly data: string
}

/**
 * Reads server-sent events from the body of a `fetch`. An EventSource cannot send a token.
 * Source: html.spec.whatwg.org, "Interpreting an event stream". Ignores ids and retry times.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair).getReader()
  let buffer = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = `${buffer}${value}`.replace(/\r\n/g, '\n').split('\n\n')
      buffer = blocks.pop() ?? ''
      yield* blocks.map(parseBlock).filter(({ data }) => data !== '')
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function parseBlock(block: string): StreamEvent {
  const lines = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line))
  const values = (name: string) =>
    lines.flatMap((line) => (line?.[1] === name ? [line[2] ?? ''] : []))
  return { event: values('event').at(-1) ?? 'message', data: values('data').join('\n') }
}
