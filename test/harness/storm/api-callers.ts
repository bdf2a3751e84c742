import { createHmac } from 'node:crypto';
import type { AdmittedPerson } from './admit-people.ts';
import { bearer, call } from './storm-client.ts';
import type { StormServer, StormTrouble } from './storm-voice.ts';

/** StormCaller is a program that has things done; each call is a task, whose id the call resolves with. */
export interface StormCaller {
	readonly name: 'hooks' | 'tasks';
	call(number: number, trouble: StormTrouble): Promise<string>;
	/** How the task of a call stands. */
	status(number: number, task: string): Promise<string>;
}

/** taskCallers post tasks with keys of their own: small talk, and now and then a plan of two steps. */
export function taskCaller(server: StormServer, people: readonly AdmittedPerson[]): StormCaller {
	const tokenOf = (number: number) => people[number % people.length]?.token ?? '';
	return {
		name: 'tasks',
		status: (number, task) => statusOf(server, tokenOf(number), task),
		call: async (number, trouble) => {
			const token = tokenOf(number);
			const body = JSON.stringify({ goal: number % 2 === 0 ? 'Thanks!' : 'Hello!' });
			const headers = { ...bearer(token), 'Idempotency-Key': `storm-${number}` };
			return idOf(await offered(server, { path: '/v1/tasks', headers, body }, trouble));
		},
	};
}

/** openHook has calls from outside become tasks of somebody, and returns who makes them. */
export async function openHook(server: StormServer, { token }: AdmittedPerson): Promise<StormCaller> {
	const template = 'Summarise this text: {{text}}';
	const body = JSON.stringify({ name: 'storm', kind: 'github', goal: template });
	const made = await call(server, { method: 'POST', path: '/v1/hooks', headers: bearer(token), body });
	const { secret } = made as { secret: string };
	return {
		name: 'hooks',
		status: (_number, task) => statusOf(server, token, task),
		call: async (number, trouble) => {
			const text = `Build ${number} of the lighthouse has ended. It took ${number} seconds and found nothing wrong.`;
			const payload = JSON.stringify({ text });
			const headers = {
				'Content-Type': 'application/json',
				'X-GitHub-Event': 'build',
				'X-GitHub-Delivery': `delivery-${number}`,
				'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`,
			};
			return idOf(await offered(server, { path: '/hooks/storm', headers, body: payload }, trouble));
		},
	};
}

/** The same call may go out twice at once, and once more after the connection broke. */
async function offered(
	server: StormServer,
	one: { path: string; headers: Readonly<Record<string, string>>; body: string },
	{ twice, inbound }: StormTrouble,
): Promise<unknown> {
	const post = (breaks: boolean) => call(server, { method: 'POST', ...one, breaks });
	const [answer, again] = await Promise.all(twice ? [post(inbound), post(false)] : [post(inbound)]);
	if (twice && idOf(answer) !== idOf(again)) throw new Error(`One call became two tasks: ${one.body}`);
	return answer;
}

async function statusOf(server: StormServer, token: string, task: string): Promise<string> {
	const view = await call(server, { method: 'GET', path: `/v1/tasks/${task}`, headers: bearer(token) });
	return (view as { status: string }).status;
}

function idOf(answer: unknown): string {
	return (answer as { id: string }).id;
}
