import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import type { ConversationEntry } from '@errand/core/orchestrator/desks/desk.ts';
import OpenAI from 'openai';
import { io } from 'socket.io-client';
import type { ErrandProcess } from '../errand-process.ts';
import { soon } from '../frontend-errand.ts';
import { spoken, type Way } from './way.ts';

const TERMINAL = resolve(import.meta.dirname, '../../../apps/frontends/src/terminal/main.ts');
/** No task takes that long, ms. */
const PATIENCE_MS = 30_000;

/** pageWay is the page's own connection, in a conversation by itself. */
export function pageWay(errand: ErrandProcess): Way {
	const conversationId = 'web-owner-same-goal';
	const replies: ReplyBody[] = [];
	let said = '';
	const socket = io(errand.url, { transports: ['websocket'], auth: { token: errand.token }, forceNew: true });
	socket.on('reply', (event: { conversationId: string; reply: ReplyBody }) => {
		if (event.conversationId === conversationId) replies.push(event.reply);
	});
	return {
		name: 'The page',
		ask: async (goal) => {
			said = goal;
			await socket.emitWithAck('message', { conversationId, text: goal, clientId: randomUUID() });
		},
		answered: async () => {
			await soon(() => replies.some(({ kind }) => kind === 'answer'), 'the page has the answer');
			socket.close();
			return { answer: textOf(replies), transcript: [spoken('you', said), ...replies.map(asSpoken)].join('\n') };
		},
	};
}

/** terminalWay is `npm run chat -- "…"` with its output piped. */
export function terminalWay(errand: ErrandProcess): Way {
	let output = '';
	let ended: Promise<unknown> = Promise.resolve();
	let typed = '';
	return {
		name: 'The terminal',
		ask: async (goal) => {
			typed = `$ npm run --silent chat -- "${goal}"`;
			const { NO_COLOR: _, ...env } = process.env;
			const child = spawn(process.execPath, [TERMINAL, goal], {
				stdio: ['ignore', 'pipe', 'ignore'],
				timeout: PATIENCE_MS,
				env: { ...env, ERRAND_DATA_DIR: errand.dataDir },
			});
			child.stdout.on('data', (chunk: Buffer) => {
				output += chunk.toString();
			});
			ended = new Promise((done) => child.once('close', done));
		},
		answered: async () => {
			await ended;
			// In which order pages are read is chance.
			const shown = output.trimEnd().replace(/task: Running\n[\s\S]*(?=task: Done)/, '…\n');
			return { answer: output, transcript: `${typed}\n${shown}` };
		},
	};
}

/** restWay is `POST /v1/tasks`. */
export function restWay(errand: ErrandProcess): Way {
	let id = '';
	let body = '';
	return {
		name: 'The REST API',
		ask: async (goal) => {
			body = JSON.stringify({ goal });
			id = await errand.submit({ goal });
		},
		answered: async () => {
			const { status, result } = await errand.settled(id);
			const files = (result?.artifacts ?? []).map(({ name, type }) => ({ name, type }));
			const transcript = [
				`POST /v1/tasks ${body}`,
				`202 {"id": "${id}"}`,
				`GET /v1/tasks/${id}`,
				`200 {"status": "${status}", "result": {"text": …, "artifacts": ${JSON.stringify(files)}, …}, …}`,
			];
			return { answer: result?.text ?? '', transcript: transcript.join('\n') };
		},
	};
}

/** hookWay is another program that calls a hook with the goal in its settings. */
export function hookWay(errand: ErrandProcess): Way {
	const body = '{"type": "prices.changed"}';
	return {
		name: 'A webhook',
		ask: async (goal) => {
			const made = await errand.call('POST', '/v1/hooks', { name: 'prices', kind: 'generic', goal });
			const { secret } = (await made.json()) as { secret: string };
			const at = Math.floor(Date.now() / 1_000);
			const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
			const headers = { 'Content-Type': 'application/json', 'X-Errand-Signature': `t=${at},v1=${signature}` };
			await fetch(`${errand.url}/hooks/prices`, { method: 'POST', body, headers });
		},
		answered: async () => {
			let replies: ReplyBody[] = [];
			await soon(async () => {
				replies = await repliesIn(errand, 'web-owner');
				return replies.some(({ kind }) => kind === 'answer');
			}, 'the answer to the hook is told on the page');
			const call = [`POST /hooks/prices ${body}`, '202 {"id": "…"}', '', 'and on the page:', ''];
			return { answer: textOf(replies), transcript: [...call, ...replies.map(asSpoken)].join('\n') };
		},
	};
}

/** completionsWay is any program that speaks OpenAI's chat completions, here its own SDK. */
export function completionsWay(errand: ErrandProcess): Way {
	return openAiWay('Chat completions', errand, async (client, goal) => {
		const answer = await client.chat.completions.create({
			model: 'errand',
			messages: [{ role: 'user', content: goal }],
		});
		return answer.choices[0]?.message.content ?? '';
	});
}

/** responsesWay is the same over OpenAI's newer API. */
export function responsesWay(errand: ErrandProcess): Way {
	return openAiWay('Responses', errand, async (client, goal) => {
		const { output_text } = await client.responses.create({ model: 'errand', input: goal });
		return output_text;
	});
}

function openAiWay(name: string, errand: ErrandProcess, call: (client: OpenAI, goal: string) => Promise<string>): Way {
	const client = new OpenAI({ baseURL: `${errand.url}/v1`, apiKey: errand.token, maxRetries: 0, timeout: PATIENCE_MS });
	let said = '';
	let held: Promise<string> = Promise.resolve('');
	return {
		name,
		ask: async (goal) => {
			said = goal;
			held = call(client, goal);
			held.catch(() => undefined);
		},
		answered: async () => {
			const answer = await held;
			return { answer, transcript: `${spoken('you', said)}\n${spoken('errand', answer)}` };
		},
	};
}

async function repliesIn(errand: ErrandProcess, conversation: string): Promise<ReplyBody[]> {
	const answer = await errand.call('GET', `/v1/conversations/${conversation}/messages`);
	const { entries } = (await answer.json()) as { entries: ConversationEntry[] };
	return entries.flatMap((entry) => (entry.kind === 'reply' ? [entry.reply] : []));
}

function textOf(replies: readonly ReplyBody[]): string {
	return replies
		.filter(({ kind }) => kind === 'answer')
		.map(({ text }) => text)
		.join('\n');
}

function asSpoken({ text, artifacts = [] }: ReplyBody): string {
	return spoken('errand', [text, ...artifacts.map(({ name }) => `📎 ${name}`)].join('\n'));
}
