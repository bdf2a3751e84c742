/** ServerEvent is one server-sent event. */
export interface ServerEvent {
	readonly event: string;
	readonly data: string;
	readonly id: string | undefined;
}

/**
 * readEvents reads server-sent events as they come. A line that stays silent for longer than `silenceMs` is taken for dead,
 * because the server sends a comment every fifteen seconds; then it returns.
 */
export async function* readEvents(
	body: ReadableStream<Uint8Array>,
	options: { readonly silenceMs: number; readonly onRetry?: (ms: number) => void },
): AsyncGenerator<ServerEvent, void> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = '';
	try {
		for (;;) {
			const chunk = await readWithin(reader, options.silenceMs);
			if (chunk === undefined) return;
			rest += decoder.decode(chunk, { stream: true });
			const frames = rest.split(/\r?\n\r?\n/);
			rest = frames.pop() ?? '';
			for (const frame of frames) {
				const event = parseFrame(frame, options.onRetry);
				if (event !== undefined) yield event;
			}
		}
	} finally {
		await reader.cancel().catch(() => {});
	}
}

async function readWithin(
	reader: ReadableStreamDefaultReader<Uint8Array>,
	ms: number,
): Promise<Uint8Array | undefined> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const silence = new Promise<undefined>((resolve) => {
		timer = setTimeout(() => resolve(undefined), ms);
	});
	try {
		return await Promise.race([reader.read().then(({ value }) => value), silence]);
	} finally {
		clearTimeout(timer);
	}
}

function parseFrame(frame: string, onRetry: ((ms: number) => void) | undefined): ServerEvent | undefined {
	let event = 'message';
	let id: string | undefined;
	const data: string[] = [];
	for (const line of frame.split(/\r?\n/)) {
		const colon = line.indexOf(':');
		if (colon <= 0) continue;
		const field = line.slice(0, colon);
		const value = line.slice(colon + 1).replace(/^ /, '');
		if (field === 'event') event = value;
		else if (field === 'data') data.push(value);
		else if (field === 'id') id = value;
		else if (field === 'retry' && /^\d+$/.test(value)) onRetry?.(Number(value));
	}
	return data.length === 0 ? undefined : { event, data: data.join('\n'), id };
}
