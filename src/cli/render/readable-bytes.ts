/** Bytes of a bundle for the eyes: who registered them may have put escape sequences in. */
import { escapeLines } from './escape.ts';

/** Yields the bytes as text that a terminal only shows, ended by a newline. Not for pipes and files: those get the bytes. */
export async function* readableBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let last = '\n';
  for await (const chunk of bytes) {
    const text = escapeLines(decoder.decode(chunk, { stream: true }));
    last = text.at(-1) ?? last;
    yield encoder.encode(text);
  }
  yield encoder.encode(escapeLines(decoder.decode()) + (last === '\n' ? '' : '\n'));
}
