import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

// A model server of its own process that answers at once. A goal that asks for the time gets the time at which its first
// piece was sent, after a moment, so that a reader can tell how long that piece was on its way.
const chunk = (delta: object, finish: string | null, usage?: object) =>
	`data: ${JSON.stringify({
		id: 'bench',
		object: 'chat.completion.chunk',
		created: 1,
		model: 'instant',
		choices: [{ index: 0, delta, finish_reason: finish }],
		...(usage && { usage }),
	})}\n\n`;

const server = createServer(async (request, response) => {
	const asked = await bodyOf(request);
	if (request.url?.endsWith('/models')) {
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ object: 'list', data: [{ id: 'instant', object: 'model' }] }));
		return;
	}
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	if (asked.includes('Tell me the time')) {
		await wait(60);
		response.write(
			chunk({ role: 'assistant', content: `It is ${performance.timeOrigin + performance.now()} now. ` }, null),
		);
		await wait(150);
	}
	for (const content of ['Paris ', 'is the ', 'capital.']) response.write(chunk({ content }, null));
	response.write(chunk({}, 'stop', { prompt_tokens: 100, completion_tokens: 4, total_tokens: 104 }));
	response.end('data: [DONE]\n\n');
});

async function bodyOf(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const part of request.setEncoding('utf8')) body += part;
	return body;
}

const port = Number(process.argv[2]);
server.listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
