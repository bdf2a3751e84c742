import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FrontendErrand, seen, startFrontendErrand } from '../../harness/frontend-errand.ts';
import { LONG_LIST } from '../../harness/scripted-mind.ts';
import type { PlatformDriver } from '../../support/contract/platform-driver.ts';
import { openSms } from '../../support/twilio/driver.ts';

let platform: PlatformDriver;
let errand: FrontendErrand;
beforeAll(async () => {
	platform = await openSms();
	errand = await startFrontendErrand(platform);
});
afterAll(async () => {
	await errand?.stop();
	await platform?.stop();
});

/** The public address leads to the server; here a request goes there directly. */
async function open(link: string): Promise<Response> {
	const { pathname } = new URL(link);
	return fetch(`${errand.process.url}${pathname}`);
}

const linkIn = (text: string) => /https:\/\/errand\.example\/s\/[\w-]+/.exec(text)?.[0] ?? '';

it('a long answer comes with a link to the whole of it', async () => {
	await errand.owner.say('Write a long list');
	const { text } = await seen(errand.owner, (one) => linkIn(one.text) !== '');
	expect(text).toContain('Line 1 of');
	const response = await open(linkIn(text));
	expect(response.status).toBe(200);
	expect(await response.text()).toContain(`<li>Line ${LONG_LIST} of`);
});

it('a file comes as a link that hands it out, after a restart too', async () => {
	await errand.owner.say('Write a file');
	const { text } = await seen(errand.owner, (one) => one.text.includes('1 file: '));
	const page = await (await open(linkIn(text))).text();
	const file = /href="(\/s\/[^"]+\/files\/[^"]+)"/.exec(page)?.[1] ?? '';
	await errand.kill();
	await errand.restart();
	const response = await fetch(`${errand.process.url}${file}`);
	expect(response.headers.get('content-type')).toContain('text/plain');
	expect(await response.text()).toBe('The content of the note.');
});

it('the links of somebody who was forgotten lead nowhere', async () => {
	const member = await errand.member();
	await member.say('Write a long list');
	const { text } = await seen(member, (one) => linkIn(one.text) !== '');
	expect((await open(linkIn(text))).status).toBe(200);
	const people = (await (await errand.process.call('GET', '/v1/people')).json()) as {
		people: { id: string; identities: { identity: string }[] }[];
	};
	const person = people.people.find(({ identities }) =>
		identities.some(({ identity }) => identity === member.identity),
	);
	const forgotten = await errand.process.call('DELETE', `/v1/people/${person?.id}`);
	expect(forgotten.status).toBeLessThan(300);
	const response = await open(linkIn(text));
	expect(response.status).toBe(410);
	expect(await response.text()).toContain('has been erased');
});
