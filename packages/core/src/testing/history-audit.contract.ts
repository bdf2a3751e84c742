import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HistoryCrypto, verifyExport } from '../domain/history/export-chain.ts';
import { asPersonId, asStreamId } from '../domain/ids.ts';
import type { HistoryStores } from './history-stores.ts';

const ann = asPersonId('ann');
const bob = asPersonId('bob');
const tea = asStreamId('task-tea');

interface AuditSetup {
	readonly crypto: HistoryCrypto;
	open(): Promise<HistoryStores>;
}

/** historyAuditContract is what every IHistoryAudit does; `open` opens an empty history. */
export function historyAuditContract(name: string, setup: AuditSetup): void {
	describe(`${name} as an audited history`, () => {
		let stores: HistoryStores;
		beforeEach(async () => {
			stores = await setup.open();
		});
		afterEach(() => stores.close());

		const say = (stream: string, person: string, texts: readonly string[], expectedSeq = 0) =>
			stores.events.append({
				stream: asStreamId(stream),
				expectedSeq,
				facts: texts.map((text) => ({ type: 'Said', v: 1, data: { text } })),
				at: 1_000,
				idempotencyKey: `${stream} ${expectedSeq}`,
				index: { person: asPersonId(person), dueAt: 0, summary: { text: texts[0] ?? '' } },
			});
		const exported = async (stream: string) => {
			const lines: string[] = [];
			for await (const line of stores.audit.export(asStreamId(stream))) lines.push(line);
			return lines;
		};
		const check = (lines: readonly string[]) => verifyExport(lines, setup.crypto);

		it('exports facts as lines that prove themselves, and ends with the signed head', async () => {
			await Promise.all([say('task-tea', 'ann', ['one', 'two']), say('task-other', 'ann', ['x'])]);
			await say('task-tea', 'ann', ['three'], 2);
			const lines = await exported('task-tea');
			expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toMatchObject([
				{ seq: 1, at: 1_000, v: 1, type: 'Said', data: { text: 'one' } },
				{ seq: 2, data: { text: 'two' } },
				{ seq: 3, data: { text: 'three' } },
			]);
			const verified = await stores.audit.verify();
			if (!verified.ok) throw new Error(verified.message);
			const { position, hash, publicKey } = verified.head;
			expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
				head: { position, hash },
				stream: tea,
				facts: 3,
				publicKey,
			});
			expect(check(lines)).toEqual({ ok: true, stream: tea, facts: 3, erased: 0, publicKey });
		});

		it('shows whether an exported line was edited, removed, added, swapped or cut off', async () => {
			await say('task-tea', 'ann', ['one', 'two', 'three']);
			const lines = await exported('task-tea');
			const [first = '', second = '', third = '', head = ''] = lines;
			const forgeries = {
				edited: [first, second.replace('two', 'TWO'), third, head],
				retimed: [first.replace('1000', '1001'), second, third, head],
				removed: [first, third, head],
				'first removed': [second, third, head],
				added: [first, second, third, third, head],
				swapped: [second, first, third, head],
				'cut off': [first, second, third],
				shortened: [first, second, head],
				'head recounted': [first, second, head.replace('"facts":3', '"facts":2')],
				'head renamed': [first, second, third, head.replace('task-tea', 'task-toa')],
				'head moved': [first, second, third, head.replace('"position":1', '"position":2')],
				empty: [],
			};
			const passed = Object.entries(forgeries).filter(([, forgery]) => check(forgery).ok);
			expect(passed).toEqual([]);
			expect(check(lines).ok).toBe(true);
		});

		it('exports a stream that was never written as a signed nothing', async () => {
			expect(check(await exported('task-none'))).toMatchObject({ ok: true, facts: 0 });
		});

		it('exports and verifies a history of many pages', async () => {
			for (let seq = 0; seq < 1_100; seq += 100) {
				const turn = Array.from({ length: 100 }, (_, n) => say('task-tea', 'ann', [`${seq + n}`], seq + n));
				await Promise.all([...turn, say(`task-${seq}`, 'bob', ['x'])]);
			}
			expect(check(await exported('task-tea'))).toMatchObject({ ok: true, facts: 1_100 });
			expect(await stores.audit.verify()).toMatchObject({ ok: true, head: { position: 1_111 } });
		});

		it('verifies an empty history', async () => {
			expect(await stores.audit.verify()).toMatchObject({ ok: true, head: { position: 0 } });
		});

		it('forgets a person: no payload, summary or snapshot of theirs is left, and the chain still verifies', async () => {
			await say('task-tea', 'ann', ['secret one', 'secret two']);
			await say('task-cake', 'bob', ['keep']);
			await say('conversation-1', 'ann', ['secret three']);
			await stores.snapshots.save(tea, { version: 'v1', seq: 2, state: 'secret' });
			expect(await stores.audit.erase(ann)).toEqual(['task-tea', 'conversation-1']);

			expect(await stores.events.read(tea, 0)).toEqual([
				{ seq: 1, at: 1_000, type: 'Erased', v: 1, data: {} },
				{ seq: 2, at: 1_000, type: 'Erased', v: 1, data: {} },
			]);
			expect(await stores.index.list({ prefix: '', person: ann, limit: 10 })).toEqual([]);
			expect(await stores.events.openStreams({ after: '', limit: 10 })).toEqual([{ stream: 'task-cake', dueAt: 0 }]);
			expect(await stores.snapshots.load(tea, 'v1')).toBeUndefined();
			expect(await stores.audit.verify()).toMatchObject({ ok: true });
			const lines = await exported('task-tea');
			expect(lines.join('\n')).not.toContain('secret');
			expect(JSON.parse(lines[0] ?? '')).toMatchObject({ seq: 1, type: 'Said', data: null, erased: true });
			expect(check(lines)).toMatchObject({ ok: true, facts: 2, erased: 2 });
			expect(await stores.events.read(asStreamId('task-cake'), 0)).toMatchObject([{ data: { text: 'keep' } }]);
		});

		it('goes on with a stream after its erasure, and forgets what came later when asked again', async () => {
			await say('conversation-1', 'ann', ['before']);
			await stores.audit.erase(ann);
			expect(await say('conversation-1', 'ann', ['after'], 1)).toMatchObject({ kind: 'appended', firstSeq: 2 });
			expect(await stores.events.read(asStreamId('conversation-1'), 0)).toMatchObject([
				{ type: 'Erased' },
				{ type: 'Said', data: { text: 'after' } },
			]);
			expect(check(await exported('conversation-1'))).toMatchObject({ ok: true, facts: 2, erased: 1 });
			await stores.audit.erase(ann);
			expect(check(await exported('conversation-1'))).toMatchObject({ ok: true, erased: 2 });
			expect(await stores.audit.verify()).toMatchObject({ ok: true });
		});

		it('forgets the stream that is the person, though no list shows it', async () => {
			const person = asStreamId('person-ann');
			const facts = [{ type: 'IdentityLinked', v: 1, data: { phone: '+15551230001' } }];
			await stores.events.append({ stream: person, expectedSeq: 0, facts, at: 1_000 });
			expect(await stores.audit.erase(ann)).toEqual([person]);
			expect(await stores.events.read(person, 0)).toMatchObject([{ type: 'Erased', data: {} }]);
		});

		it('blanks single facts of a stream with what was appended together with them, and the chain still verifies', async () => {
			await say('people', '', ['secret one']);
			await say('people', '', ['keep two', 'keep three'], 1);
			await say('people', '', ['secret four', 'secret five'], 3);
			await say('people', '', ['keep six'], 5);
			const people = asStreamId('people');
			await stores.snapshots.save(people, { version: 'v1', seq: 6, state: 'secret' });
			await stores.audit.eraseFacts(people, [1, 5, 99]);
			await stores.audit.eraseFacts(people, [5]);
			await stores.audit.eraseFacts(asStreamId('task-none'), [1]);

			const facts = await stores.events.read(people, 0);
			expect(facts.map(({ type }) => type)).toEqual(['Erased', 'Said', 'Said', 'Erased', 'Erased', 'Said']);
			expect(facts.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
			expect(await stores.snapshots.load(people, 'v1')).toBeUndefined();
			expect(await stores.audit.verify()).toMatchObject({ ok: true });
			const lines = await exported('people');
			expect(lines.join('\n')).not.toContain('secret');
			expect(check(lines)).toMatchObject({ ok: true, facts: 6, erased: 3 });
			expect(await say('people', '', ['seven'], 6)).toMatchObject({ kind: 'appended', firstSeq: 7 });
			expect(await stores.audit.verify()).toMatchObject({ ok: true });
		});

		it('has nothing to forget of a stranger', async () => {
			await say('task-tea', 'ann', ['one']);
			expect(await stores.audit.erase(bob)).toEqual([]);
			expect(await stores.events.read(tea, 0)).toMatchObject([{ data: { text: 'one' } }]);
		});
	});
}
