import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStorm } from '../harness/storm/run-storm.ts';
import { answersTo } from '../harness/storm/seen-answers.ts';
import { openStoredStorm, type StoredStorm } from '../harness/storm/stored-storm.ts';
import { askedAlike, type StormRecord } from '../harness/storm/storm-record.ts';

const MESSAGES = Number(process.env['ERRAND_STORM'] ?? 5_000);
const KILLS = 3;
const LIMIT_MS = 270_000 + MESSAGES * 20;

let storm: StormRecord;
let stored: StoredStorm;
beforeAll(async () => {
	const seed = Date.now() % 1_000_000;
	storm = await runStorm({ messages: MESSAGES, kills: KILLS, seed });
	stored = await openStoredStorm(storm.dataDir);
	const { ms, twice, troubles, saidWhileAway, conversations } = storm;
	const repeats = conversations.flatMap(({ seen }) => seen).filter(({ repeated }) => repeated).length;
	console.log(
		`Seed ${seed}: ${MESSAGES} messages in ${conversations.length} conversations, ${twice} brought twice, ${troubles} troubles, ${saidWhileAway} said while the server was away; all answered in ${(ms / 1_000).toFixed(1)} s, ${repeats} answers marked as repeats.`,
	);
}, LIMIT_MS);
afterAll(async () => {
	stored?.close();
	await storm?.dispose();
});

describe(`${MESSAGES} messages over all frontends at once, with duplicates, errors and ${KILLS} kills`, () => {
	it('are each taken once, in the order of each conversation', async () => {
		for (const { conversation, said } of storm.conversations) {
			const { received, routed } = await stored.conversation(conversation);
			expect(received, conversation).toEqual(said.map(({ id }) => id));
			expect(new Set(routed).size, conversation).toBe(routed.length);
			expect(routed.length, conversation).toBe(received.length);
		}
	});

	it('become one task each, where they are no commands, and no task comes of nothing', async () => {
		const expected = new Set(storm.called.map(({ task }) => task));
		expect(expected.size).toBe(storm.called.length);
		for (const { conversation, said } of storm.conversations) {
			const { tasks } = await stored.conversation(conversation);
			expect(tasks.length, conversation).toBe(said.filter(({ message }) => message.kind !== 'command').length);
			for (const task of tasks) expected.add(task);
		}
		expect(stored.tasks).toEqual(expected);
		expect(storm.called.filter(({ status }) => status !== 'done')).toEqual([]);
	});

	it('are each answered once, and nothing is given up', async () => {
		for (const { conversation, said } of storm.conversations) {
			const { answered, undelivered } = await stored.conversation(conversation);
			expect(undelivered, conversation).toEqual([]);
			expect(answered.map(({ to }) => to).toSorted(), conversation).toEqual(said.map(({ id }) => id).toSorted());
		}
	});

	it('are answered in their order', async () => {
		for (const { conversation, said } of storm.conversations) {
			const { answered } = await stored.conversation(conversation);
			for (const kind of ['command', 'talk'] as const) {
				const asked = said.filter(({ message }) => message.kind === kind).map(({ id }) => id);
				const order = answered.map(({ to }) => to).filter((to) => asked.includes(to));
				expect(order, `${kind} in ${conversation}`).toEqual(asked);
			}
		}
	});

	it('are answered before the eyes of their people: never twice without saying so, and once where the platform deduplicates', () => {
		for (const { conversation, said, seen, deduplicates } of storm.conversations) {
			for (const { message } of said) {
				const asked = askedAlike(said, message);
				const { whole, repeated } = answersTo(message, seen);
				const where = `${message.text} in ${conversation}`;
				expect(whole, where).toBeLessThanOrEqual(asked);
				expect(whole + repeated, where).toBeGreaterThanOrEqual(asked);
				if (deduplicates) expect([whole, repeated], where).toEqual([asked, 0]);
			}
			// What a command is answered names its number, so that the order shows on the platform itself.
			const numbers = seen.flatMap(({ text }) => /no task (\d+) of yours/.exec(text)?.[1] ?? []);
			const asked = said.flatMap(({ message: { kind, text } }) =>
				kind === 'command' ? (/\d+/.exec(text)?.[0] ?? []) : [],
			);
			expect([...new Set(numbers)], conversation).toEqual(asked);
		}
	});

	it('leave a history that verifies, no process behind, and nothing that a vendor would refuse', () => {
		expect(stored.verified).toBe(true);
		expect(storm.exitCode).toBe(0);
		expect(storm.leftRunning).toEqual([]);
		expect(storm.violations).toEqual([]);
		// Otherwise the storm would have proved little.
		expect(storm.saidWhileAway).toBeGreaterThan(0);
		expect(storm.twice).toBeGreaterThan(MESSAGES * 0.03);
	});
});
