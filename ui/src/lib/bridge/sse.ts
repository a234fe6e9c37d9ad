/** One server-sent event; comments come as events without data. */
export interface ServerEvent {
  id: string | undefined;
  data: string | undefined;
}

/** Reads server-sent events from a stream of bytes, however it is cut into pieces. */
export async function* events(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest = (rest + decoder.decode(value, { stream: true })).replaceAll("\r\n", "\n");
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) yield parsed(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parsed(block: string): ServerEvent {
  const data: string[] = [];
  let id: string | undefined;
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    const [field, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    if (field === "data") data.push(value.replace(/^ /, ""));
    else if (field === "id") id = value.replace(/^ /, "");
  }
  return { id, data: data.length > 0 ? data.join("\n") : undefined };
}
