/** eventData reads the data of server-sent events, in order; it ends with the stream, and rejects when that breaks. */
export async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
	let rest = '';
	let data: string[] = [];
	for await (const piece of body.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
		const lines = (rest + piece).split(/\r?\n/);
		rest = lines.pop() ?? '';
		for (const line of lines) {
			if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
			if (line !== '' || data.length === 0) continue;
			yield data.join('\n');
			data = [];
		}
	}
}
