import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './fixture/test-server.ts';

let server: TestServer;

beforeAll(async () => {
	server = await startTestServer();
});

afterAll(() => server.stop());

async function install(folder: string, text: string): Promise<void> {
	await mkdir(join(server.dir, 'skills', folder), { recursive: true });
	await writeFile(join(server.dir, 'skills', folder, 'SKILL.md'), text);
}

it('shows the installed skills, with what is wrong with one, and switches one off for good', async () => {
	expect(await (await server.call('GET', '/v1/skills')).json()).toMatchObject({ skills: [] });
	await install('offers', '---\nname: offers\ndescription: Compares offers.\n---\nLook at delivery costs first.');
	await install('broken', 'No block at the beginning.');
	server.clock.advance(2_000);
	const listed = await (await server.call('GET', '/v1/skills')).json();
	expect(listed).toMatchObject({
		skills: [
			{ name: 'broken', enabled: false, problem: expect.stringContaining('YAML') },
			{ name: 'offers', description: 'Compares offers.', enabled: true, files: [] },
		],
		unused: expect.stringContaining('npm run setup-model'),
	});
	const off = await server.call('POST', '/v1/skills/offers/enabled', { enabled: false });
	expect(off.status).toBe(204);
	const one = await (await server.call('GET', '/v1/skills/offers')).json();
	expect(one).toMatchObject({ enabled: false, text: 'Look at delivery costs first.' });
	expect((await server.call('GET', '/v1/skills/nothing')).status).toBe(404);
	server = await server.restart();
	expect(await (await server.call('GET', '/v1/skills/offers')).json()).toMatchObject({ enabled: false });
});
