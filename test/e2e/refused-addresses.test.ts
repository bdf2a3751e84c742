import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

let secret: LoopbackSite;
let site: LoopbackSite;
let errand: ErrandProcess;
beforeAll(async () => {
	secret = await serveSite({ '/': { type: 'text/plain', body: 'Not for you.' } });
	site = await serveSite({
		'/hop': (_request, response) => response.writeHead(302, { Location: `${secret.origin}/` }).end(),
		'/open': { type: 'text/plain', body: 'Welcome.' },
	});
	errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
});
afterAll(async () => {
	await errand.dispose();
	await site.stop();
	await secret.stop();
});

const read = async (url: string) => {
	const plan = [{ id: 'a', title: 'Read', capability: 'web.read', input: { url } }];
	return errand.settled(await errand.submit({ goal: 'Read', plan }));
};

it.each([
	'http://127.0.0.1:PORT/',
	'https://127.0.0.1:PORT/',
	'http://localhost:PORT/',
	'http://[::1]:PORT/',
	'http://[::ffff:127.0.0.1]:PORT/',
	'http://2130706433:PORT/',
	'http://0177.0.0.1:PORT/',
	'http://0x7f.1:PORT/',
	'http://0.0.0.0:PORT/',
	'http://10.1.2.3/',
	'https://192.168.1.1/',
	'http://169.254.169.254/latest/meta-data/',
	'http://[fe80::1]/',
	'http://[fd00:ec2::254]/',
])('%s is refused', async (pattern) => {
	const url = pattern.replace('PORT', new URL(secret.origin).port);
	const task = await read(url);
	expect(task).toMatchObject({ status: 'failed', error: { code: 'address-refused' } });
	expect(task.error?.hint).toContain('ERRAND_ALLOW_PRIVATE_HOSTS');
});

it('a redirect from an allowed host to one that is not allowed is refused', async () => {
	expect(await read(`${site.origin}/hop`)).toMatchObject({ status: 'failed', error: { code: 'address-refused' } });
	expect((await read(`${site.origin}/open`)).status).toBe('done');
});

it('an attachment is held to the same rule', async () => {
	const id = await errand.submit({ goal: 'Summarise this page', attachments: [{ url: `${secret.origin}/` }] });
	expect(await errand.settled(id)).toMatchObject({ status: 'failed', error: { code: 'address-refused' } });
});

it('nothing of it ever arrived', () => {
	expect(secret.asked).toEqual([]);
});
