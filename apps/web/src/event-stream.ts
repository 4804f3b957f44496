export interface StreamEvent {
  readonly event: string
  readonly data: string
}

/**
 * Server-sent events out of the body of a `fetch`, which unlike an EventSource can send a token.
 * Source: html.spec.whatwg.org, "Interpreting an event stream"; ids and retry times are not used.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = `${rest}${value}`.replace(/\r\n/g, '\n').split('\n\n')
      rest = blocks.pop() ?? ''
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
