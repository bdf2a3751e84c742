import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserPath } from '../harness/browser.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

let price = '$10';
let looks = 0;
let ticket = '$4';
let askedByScript = 0;
let seenBy = '';
let site: LoopbackSite;
let errand: ErrandProcess;

beforeAll(async () => {
	site = await serveSite({
		'/card': (_request, response) => {
			looks += 1;
			const noise = `<p>Updated ${looks} minutes ago</p><div class="related-posts">Otters, part ${looks}</div>`;
			response.writeHead(200, { 'content-type': 'text/html' });
			response.end(`<title>Library card</title><main><h1>Library card</h1><p>Card: ${price}</p>${noise}</main>`);
		},
		'/pool': { type: 'text/html', body: BUILT_BY_SCRIPT },
		'/pool.json': (request, response) => {
			askedByScript += 1;
			seenBy = request.headers['user-agent'] ?? '';
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ ticket: `A ticket is ${ticket}.`, views: `${looks} views` }));
		},
	});
	errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
});
afterAll(async () => {
	await errand?.dispose();
	await site?.stop();
});

/** Nothing of it is there without its script. */
const BUILT_BY_SCRIPT = `<!doctype html><title>Pool</title><style>${'.wave { color: navy; }\n'.repeat(60)}</style><div id="app"></div>
<script>
fetch('/pool.json').then((answer) => answer.json()).then(({ ticket, views }) => {
	const main = document.createElement('main');
	for (const text of ['The pool is open all year, in rain and in snow.', ticket, views])
		main.append(Object.assign(document.createElement('p'), { textContent: text }));
	document.getElementById('app').append(main);
});
</script>`;

interface Told {
	readonly entries?: readonly unknown[];
}

async function json<T>(method: string, path: string, body?: object): Promise<T> {
	const response = await errand.call(method, path, body);
	const text = await response.text();
	if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
	return JSON.parse(text) as T;
}

async function told(words: string): Promise<number> {
	return (
		JSON.stringify(await json<Told>('GET', '/v1/conversations/web-owner/messages?after=0')).split(words).length - 1
	);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
	const end = Date.now() + 60_000;
	while (!(await holds())) {
		if (Date.now() > end) {
			const said = await json('GET', '/v1/conversations/web-owner/messages?after=0');
			throw new Error(
				`It did not come so far: ${holds}; ${looks} looks; ${JSON.stringify(said).slice(-3_000)} ${errand.output().slice(-1_000)}`,
			);
		}
		await wait(50);
	}
}

it('a page is watched on a real server: asked for in words, looked at again and again, told when it changed, once', async () => {
	const text = `Monitor this website for changes every minute: ${site.origin}/card`;
	await json('POST', '/v1/conversations/web-owner/messages', { text, clientId: 'watch' });
	await until(async () => (await told('This is schedule 1')) > 0);
	// What words set up runs once a minute at most; its owner may have it run more often.
	const { schedules } = await json<{ schedules: readonly { id: string }[] }>('GET', '/v1/schedules');
	await json('PATCH', `/v1/schedules/${schedules[0]?.id}`, { when: 'every 2 seconds' });
	await until(async () => looks >= 3);
	expect(await told(') has changed.')).toBe(0);
	price = '$12';
	await until(async () => (await told('“Card: $10” is now “Card: $12”')) > 0);
	const seen = looks;
	await until(async () => looks >= seen + 2);
	expect(await told(') has changed.')).toBe(1);
	await json('POST', '/v1/conversations/web-owner/messages', { text: '/unschedule 1', clientId: 'stop' });
	await until(async () => (await told('is removed')) > 0);
});

it.skipIf(browserPath === undefined)(
	'a page that a script builds is watched in a real browser, and its change is told',
	async () => {
		const { id } = await json<{ id: string }>('POST', '/v1/schedules', {
			when: 'every 2 seconds',
			conversation: 'web-owner',
			what: {
				do: { kind: 'workflow', name: 'website-watch', input: { url: `${site.origin}/pool` } },
				tell: 'changes',
				carry: true,
			},
		});
		await until(
			async () => (await json<{ runs: number }>('GET', `/v1/schedules/${id}`)).runs >= 2 && askedByScript >= 2,
		);
		expect(await told('A ticket is')).toBe(0);
		ticket = '$5';
		await until(async () => (await told('“A ticket is $4.” is now “A ticket is $5.”')) > 0);
		expect(seenBy).toContain('Chrome');
		await errand.call('DELETE', `/v1/schedules/${id}`);
	},
);
