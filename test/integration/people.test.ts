import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asConversationId, asPersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { FrontDoor } from '@errand/core/orchestrator/people/front-door.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import type { InboundMessage } from '@errand/core/ports/frontend.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

const OWNER: Principal = { person: asPersonId('owner'), role: 'owner' };
const count = inline('text.count', async ({ text }: { text: string }) => ({ words: text.split(' ').length }), {
	input: z.object({ text: z.string() }),
	output: z.object({ words: z.int() }),
} as never);

let errand: InProcessErrand;
let people: PeopleDesk;
let door: FrontDoor;
let sent: number;
beforeEach(async () => {
	errand = await startInProcess({ catalogue: [count] });
	const { ports, orchestrator } = errand;
	people = new PeopleDesk({
		...ports,
		owners: ['discord:1'],
		forgetEverything: (person) => orchestrator.forget(person),
	});
	door = new FrontDoor({ people, conversations: orchestrator.conversations, log: ports.log, clock: ports.clock });
	sent = 0;
});
afterEach(() => errand.stop());

function write(identity: string, text: string): Promise<{ id: string }> {
	const [frontend = '', who = ''] = identity.split(':');
	return door.receive({
		frontend: frontend as InboundMessage['frontend'],
		conversation: asConversationId(`${frontend}-${who}`),
		identity,
		name: 'Zebedee Quux',
		direct: true,
		platformMessageId: String(++sent),
		text,
		attachments: [],
		at: 1,
	});
}

describe('a member who came in by a code', () => {
	it('is one person on two platforms, and leaves nothing behind when the owner has them forgotten', async () => {
		await expect(write('telegram:77001', 'Let me in, wombat')).rejects.toMatchObject({ code: 'unpaired' });
		const [waiting] = await people.pairings(OWNER);
		const { id: member } = await people.pair(OWNER, waiting?.code ?? '', 'guest');
		const who = { person: member, role: 'guest' } as const;
		await write('telegram:77001', '/help wombat');
		await write('sms:+15557700', `link ${(await people.issueLinkCode(who)).code.toLowerCase()}`);
		await write('sms:+15557700', '/help wombat');
		const { tasks } = errand.orchestrator;
		const task = await tasks.submit(who, {
			goal: 'Count wombat words',
			plan: [
				{ id: 's1', title: 'Count', capability: 'text.count', input: { text: 'a b' }, dependsOn: [], essential: true },
			] as never,
		});
		await errand.until(who, task.id, ({ status }) => status === 'done');
		await write('discord:1', '/help of the owner');
		const traces = ['wombat', 'Zebedee', 'telegram:77001', 'sms:+15557700'];
		const before = await files(errand.dataDir);
		expect(traces.filter((trace) => !before.includes(trace))).toEqual([]);

		expect((await people.forget(OWNER, member)).streams).toBe(3);
		const after = await files(errand.dataDir);
		expect(traces.filter((trace) => after.includes(trace))).toEqual([]);
		expect(after).toContain('of the owner');
		expect(await errand.ports.audit.verify()).toMatchObject({ ok: true });
		await expect(write('telegram:77001', 'And now?')).rejects.toMatchObject({ code: 'unpaired' });
		await expect(write('sms:+15557700', 'And now?')).rejects.toMatchObject({ code: 'unpaired' });
		await expect(tasks.view(who, task.id)).rejects.toMatchObject({ code: 'unknown-task' });
	});

	it('leaves nothing of workflows, schedules, agents and pushes behind either, and none of it goes on', async () => {
		await expect(write('telegram:77002', 'Let me in')).rejects.toMatchObject({ code: 'unpaired' });
		const [waiting] = await people.pairings(OWNER);
		const { id: member } = await people.pair(OWNER, waiting?.code ?? '', 'member');
		const who = { person: member, role: 'member' } as const;
		const { workflows, schedules, agents, exchanges, tasks } = errand.orchestrator;
		await workflows.desk.save(who, 'name: w\nversion: 1\nsteps:\n  - let: wombat-flow');
		const what = { do: { kind: 'remind', text: 'wombat-remind' }, tell: 'each', carry: false } as const;
		await schedules.desk.create(who, { when: 'in 2 seconds', what });
		const pull = { description: 'wombat-agent', skills: [], topics: [], reach: { kind: 'pull' } } as const;
		const { token } = await agents.desk.register(who, { name: 'a', ...pull });
		const message = { id: 'm', source: 'a', target: 'a', type: 't', payload: 'wombat-message' };
		await agents.desk.send(who, message);
		const task = await workflows.desk.run(who, { name: 'w', input: {} });
		await exchanges.desk.begin(who, task.id, 'wombat-context');
		const url = 'https://push.example/wombat-push';
		await exchanges.desk.setPush(who, task.id, { id: 'p', url, token: 'wombat-token' });
		const traces = ['flow', 'remind', 'agent', 'message', 'context', 'push'].map((trace) => `wombat-${trace}`);
		const before = await files(errand.dataDir);
		expect(traces.filter((trace) => !before.includes(trace))).toEqual([]);

		await people.forget(OWNER, member);
		const after = await files(errand.dataDir);
		expect(traces.filter((trace) => after.includes(trace))).toEqual([]);
		expect(await errand.ports.audit.verify()).toMatchObject({ ok: true });
		await new Promise((resolve) => setTimeout(resolve, 2_500));
		expect(errand.delivered).toEqual([]);
		expect(await agents.desk.ofToken(token)).toBeUndefined();
		expect(await schedules.desk.list(who)).toEqual([]);
		expect((await workflows.desk.list(who)).some(({ name }) => name === 'w')).toBe(false);
		await expect(tasks.view(who, task.id)).rejects.toMatchObject({ code: 'unknown-task' });
		expect(await exchanges.desk.get(who, task.id)).toBeUndefined();
	}, 20_000);
});

describe('an account that changed hands', () => {
	it('brings its new person none of the tasks of the old one', async () => {
		await expect(write('telegram:5', 'Hi')).rejects.toMatchObject({ code: 'unpaired' });
		const { id } = await people.pair(OWNER, 'telegram:5', 'member');
		const member = { person: id, role: 'member' } as const;
		const task = await errand.orchestrator.tasks.submit(member, { goal: 'Mine' });
		await people.unlink(member, 'telegram:5');
		await write('telegram:5', `/link ${(await people.issueLinkCode(OWNER)).code}`);
		expect(await people.whoIs('telegram:5')).toEqual(OWNER);
		await expect(errand.orchestrator.tasks.view(OWNER, task.id)).rejects.toMatchObject({ code: 'unknown-task' });
		expect((await errand.orchestrator.tasks.view(member, task.id)).goal).toBe('Mine');
	});
});

/** Everything on disk, as text. */
async function files(dir: string): Promise<string> {
	const names = await readdir(dir, { recursive: true, withFileTypes: true });
	const texts = names.map((one) => (one.isFile() ? readFile(join(one.parentPath, one.name), 'latin1') : ''));
	return (await Promise.all(texts)).join('\n');
}
