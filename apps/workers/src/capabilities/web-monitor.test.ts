import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedRunModel } from '../text/model/fixture/scripted-run-model.ts';
import { webMonitor } from './web-monitor.ts';

/** What the site answers; tests change it between looks. */
const answer = { status: 200, body: '', type: 'text/html' };
const serve: RequestListener = (_request, response) =>
	response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
const server = createServer(serve);
let host = '';
beforeAll(async () => {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

const files = new Map<string, Uint8Array>();
const origins: string[] = [];

function context(model?: RunModel): RunContext {
	const fetch = createGuardedFetch({ allowPrivateHosts: [host] });
	return {
		taskId: asTaskId('t1'),
		person: asPersonId('p1'),
		signal: new AbortController().signal,
		progress: () => {},
		taint: (origin) => origins.push(origin),
		saveArtifact: async ({ name, type, content }) => {
			const id = `file-${files.size}`;
			files.set(id, content);
			return { id, name, type, bytes: content.length };
		},
		readArtifact: async (id) => {
			const content = files.get(id);
			if (content === undefined) throw new CoreError('unknown-artifact', 'There is no such file.', { hint: '' });
			return { ref: { id, name: id, type: '', bytes: content.length }, content };
		},
		fetch: (url, init) => fetch(url, init),
		...(model === undefined ? {} : { model }),
		workspace: undefined,
		answers: [],
		ask: () => {
			throw new Error('not used');
		},
	};
}

async function look(body: string, kept: unknown = null, more: { [key: string]: Json } = {}, model?: RunModel) {
	Object.assign(answer, { status: 200, type: 'text/html', body });
	return webMonitor.run(webMonitor.input.parse({ url: `http://${host}/card`, kept, ...more }), context(model));
}

async function lookAway(status: number, kept: unknown) {
	Object.assign(answer, { status, body: 'Gone' });
	return webMonitor.run(webMonitor.input.parse({ url: `http://${host}/card`, kept }), context());
}

const page = (price: string, views = '10 views') =>
	`<title>Library card</title><nav>Home</nav><main><h1>Library card</h1><p>Card: ${price}</p><p class="views">${views}</p>
	<p>Borrow up to ten books at a time.</p></main><div class="cookie-banner">We like cookies, version ${views}</div>`;

describe('one look after the other', () => {
	test('the first is the version that later ones are compared with', async () => {
		const first = await look(page('$10'));
		expect(first).toMatchObject({ changed: false, first: true, tell: false, keep: { failures: 0 } });
		expect(origins).toContain(`web:${host}`);
		const second = await look(page('$10', '25 views'), first.keep);
		expect(second).toMatchObject({ changed: false, tell: false, ignored: { counters: 1 }, keep: first.keep });
		const third = await look(page('$12', '30 views'), second.keep);
		expect(third).toMatchObject({
			changed: true,
			tell: true,
			changes: [{ kind: 'changed', before: 'Card: $10', after: 'Card: $12' }],
			sources: [{ title: 'Library card', url: `http://${host}/card`, quote: 'Card: $12' }],
			method: 'rules',
		});
		expect(third.text).toBe(`[Library card](<http://${host}/card>) has changed.\n\n- “Card: $10” is now “Card: $12”`);
		expect(await look(page('$12'), third.keep)).toMatchObject({ changed: false });
	});

	test('a page that is away is told once, keeps its version, and is told when it is back', async () => {
		let { keep }: { keep: unknown } = await look(page('$10'));
		const told: boolean[] = [];
		for (const status of [404, 410, 403, 404, 404]) {
			const away = await lookAway(status, keep);
			expect(away).toMatchObject({ changed: false, changes: [] });
			expect(away.text).toContain(`answered ${status}`);
			told.push(away.tell);
			keep = away.keep;
		}
		expect(told).toEqual([false, false, true, false, false]);
		const back = await look(page('$10'), keep);
		expect(back).toMatchObject({ changed: false, tell: true, keep: { failures: 0, told: false } });
		expect(await look(page('$9'), keep)).toMatchObject({ changed: true, changes: [{ after: 'Card: $9' }] });
	});

	test('a notice in the place of the page is no change of it', async () => {
		const { keep } = await look(page('$10'));
		for (const body of [
			'<title>Just a moment...</title><p>Checking.</p>',
			'<h1>Service unavailable</h1>',
			'<html><body></body></html>',
		]) {
			expect(await look(body, keep)).toMatchObject({ changed: false, keep: { failures: 1, hash: keep.hash } });
		}
	});

	test('an address that never worked is told at once', async () => {
		const away = await lookAway(404, null);
		expect(away).toMatchObject({ changed: false, tell: true });
		expect((await lookAway(404, away.keep)).tell).toBe(false);
		expect(await look(page('$10'), away.keep)).toMatchObject({ first: true, tell: false });
	});

	test('a long version is kept as a file; without it the next look is a first one', async () => {
		const long = (end: string) =>
			`<main><h1>News</h1>${'<p>Otters were seen at the lake today.</p>'.repeat(200)}<p>${end}</p></main>`;
		const { keep } = await look(long('Rain tonight.'));
		expect(keep).toMatchObject({ artifact: expect.any(String) });
		expect(keep.text).toBeUndefined();
		expect(await look(long('Snow tonight.'), keep)).toMatchObject({
			changes: [{ before: 'Rain tonight.', after: 'Snow tonight.' }],
		});
		expect(await look(long('Snow tonight.'), { ...keep, artifact: 'gone' })).toMatchObject({ first: true });
		expect(await look(long('Snow tonight.'), { ...keep, hash: 'other' })).toMatchObject({ first: true });
	});
});

describe('parts of pages', () => {
	test('only what the selectors name counts, and what is to be ignored does not', async () => {
		const shop = (price: string, hours: string, note: string) =>
			`<p data-testid="price">${price}</p><p id="hours">${hours}</p><p class="note">${note}</p>`;
		const part = { selector: ['[data-testid=price]', '#hours'] };
		const { keep } = await look(shop('$1', '9 to 5', 'a'), null, part);
		expect(await look(shop('$1', '9 to 5', 'b'), keep, part)).toMatchObject({ changed: false });
		expect(await look(shop('$1', '9 to 6', 'a'), keep, part)).toMatchObject({ changed: true });
		const whole = await look(shop('$1', '9 to 5', 'a'), null, { ignore: ['.note', '9 to'] });
		expect(await look(shop('$1', '9 to 6', 'b'), whole.keep, { ignore: ['.note', '9 to'] })).toMatchObject({
			changed: false,
		});
	});

	test('a part that is gone is an absence, and a selector that is none is refused', async () => {
		expect((await look('<p>Hello to all of you</p>', null, { selector: '.price' })).text).toContain(
			'nothing on the page fits',
		);
		await expect(look(page('$1'), null, { selector: 'p[' })).rejects.toMatchObject({ code: 'invalid-input' });
	});

	test('what was kept of another part, or is no version at all, starts anew', async () => {
		const { keep } = await look(page('$10'));
		expect(await look(page('$12'), keep, { selector: 'main' })).toMatchObject({ first: true });
		expect(await look(page('$12'), { v: 9 })).toMatchObject({ first: true });
		expect(await look(page('$12'), 'nonsense')).toMatchObject({ first: true });
	});
});

describe('with a language model', () => {
	const say = (...sentences: { sentence: string; quote: string }[]) => ({
		sentences: sentences.map(({ sentence, quote }) => ({ sentence, support: [{ document: 2, quote }] })),
	});

	test('it says what changed in words, above the changes themselves', async () => {
		const { keep } = await look(page('$10'));
		const model = new ScriptedRunModel([say({ sentence: 'The card now costs $12.', quote: 'Card: $12' })]);
		const changed = await look(page('$12'), keep, {}, model);
		expect(changed).toMatchObject({ method: 'model' });
		expect(changed.text).toContain('The card now costs $12.');
		expect(changed.text).toContain('- “Card: $10” is now “Card: $12”');
		expect(model.prompt(0)).toMatch(/untrusted|strangers/i);
	});

	test('what the changes do not bear out is left out: other figures, the wrong direction, addresses, orders', async () => {
		const { keep } = await look(page('$10'));
		for (const sentence of [
			'The card now costs $15.',
			'The price of the card fell to $12.',
			'Card: $12, pay at https://evil.example/pay now.',
		]) {
			const model = new ScriptedRunModel([say({ sentence, quote: 'Card: $12' })]);
			const changed = await look(page('$12'), keep, {}, model);
			expect(changed.text).not.toMatch(/\$15|fell|evil/);
			expect(changed.changed).toBe(true);
		}
	});

	test('one that fails takes nothing away', async () => {
		const { keep } = await look(page('$10'));
		const model = new ScriptedRunModel([new CoreError('model-unavailable', 'It is off.', { hint: '' })]);
		const changed = await look(page('$12'), keep, {}, model);
		expect(changed).toMatchObject({ changed: true, method: 'rules' });
		expect(changed.warnings).toHaveLength(1);
	});
});
