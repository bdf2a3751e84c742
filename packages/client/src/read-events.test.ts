import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from './read-events.ts';

function streamOf(...pieces: string[]): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	return new ReadableStream({
		start(controller) {
			for (const piece of pieces) controller.enqueue(encoder.encode(piece));
			controller.close();
		},
	});
}

async function eventsOf(body: ReadableStream<Uint8Array>, onRetry?: (ms: number) => void): Promise<ServerEvent[]> {
	const events: ServerEvent[] = [];
	const options = onRetry === undefined ? { silenceMs: 50 } : { silenceMs: 50, onRetry };
	for await (const event of readEvents(body, options)) events.push(event);
	return events;
}

describe('server-sent events', () => {
	it('are read whole, wherever the pieces were cut', async () => {
		const text = 'retry: 700\n\n:\n\nevent: fact\nid: 1\ndata: {"a":"ä"}\n\ndata: one\r\ndata: two\r\n\r\n';
		const waits: number[] = [];
		const expected = [
			{ event: 'fact', id: '1', data: '{"a":"ä"}' },
			{ event: 'message', id: undefined, data: 'one\ntwo' },
		];
		expect(await eventsOf(streamOf(text), (ms) => waits.push(ms))).toEqual(expected);
		expect(await eventsOf(streamOf(...text))).toEqual(expected);
		expect(waits).toEqual([700]);
	});

	it('leave out one that was cut off at the end', async () => {
		expect(await eventsOf(streamOf('data: whole\n\ndata: half'))).toHaveLength(1);
	});

	it('end when the line stays silent', async () => {
		const silent = new ReadableStream<Uint8Array>({
			start: (controller) => controller.enqueue(new TextEncoder().encode('data: first\n\n')),
		});
		expect(await eventsOf(silent)).toEqual([{ event: 'message', id: undefined, data: 'first' }]);
	});
});
