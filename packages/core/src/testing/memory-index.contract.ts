import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asPersonId } from '../domain/ids.ts';
import type { IMemoryIndex, MemoryEntry } from '../ports/memory.ts';

interface Opened {
	readonly index: IMemoryIndex;
	close(): void | Promise<void>;
}

const ANN = asPersonId('ann');
const BOB = asPersonId("bob'; DROP TABLE entries --");
const E = 'test/three';

/** What people paste, mistype and try: syntax of SQL, FTS5 and tsquery, signs of every kind, and far too much. */
const HOSTILE = [
	'',
	' ',
	'"',
	"'",
	"';--",
	'* OR 1=1',
	'NEAR(a b)',
	'person : "ann"',
	'{text} : x',
	'-tea',
	'^tea*',
	'a AND NOT',
	'a <-> b & !c | (d',
	':*',
	'\\',
	'%_',
	'\0tea\0',
	'\uD800',
	'👩‍👩‍👧‍👦 🇩🇪',
	'ก็็็็็็',
	'日本語のお茶',
	'ٱلسَّلَامُ',
	'the of and',
	'x'.repeat(100_000),
	'tea '.repeat(25_000),
	'😀'.repeat(25_000),
];

function entry(id: string, text: string, over: Partial<MemoryEntry> = {}): MemoryEntry {
	return { id, person: ANN, kind: 'fact', text, origins: [], at: 1_000 + Number(id), ...over };
}

const vector = (...values: number[]) => Float32Array.from(values);

/** memoryIndexContract is what every IMemoryIndex does; `setup` opens an empty one. `hostile` are more questions it must live through. */
export function memoryIndexContract(name: string, setup: () => Promise<Opened>, hostile: readonly string[] = []): void {
	describe(`${name} as an index of the memory`, () => {
		let opened: Opened;
		let index: IMemoryIndex;
		beforeEach(async () => {
			opened = await setup();
			index = opened.index;
		});
		afterEach(() => opened.close());

		const put = (...entries: MemoryEntry[]) =>
			index.put(
				entries.map((one) => ({ entry: one })),
				E,
			);
		const ids = async (text: string, over: Partial<Parameters<IMemoryIndex['find']>[1]> = {}, person = ANN) =>
			(await index.find(person, { text, embedder: E, limit: 10, ...over })).map((found) => found.entry.id);

		it('gives entries back as they were put, best first, with scores in (0, 1]', async () => {
			const whole = entry('1', 'Green tea, with\n“honey”', {
				kind: 'result',
				source: 't1',
				origins: ['web:tea.example', 'file:a'],
			});
			await put(whole, entry('2', 'I take tea with a friend, tea with tea'), entry('3', 'Trains to Berlin'));
			const found = await index.find(ANN, { text: 'tea honey', embedder: E, limit: 10 });
			expect(found.map((one) => one.entry.id)).toEqual(['1', '2']);
			expect(found[0]?.entry).toEqual(whole);
			for (const { score } of found) expect(score > 0 && score <= 1).toBe(true);
			expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 1);
		});

		it('knows words in their other forms, and scripts without spaces', async () => {
			await put(entry('1', 'She is allergic to peanuts'), entry('2', '毎朝お茶を飲みます'), entry('3', 'Café Größe'));
			expect(await ids('peanut')).toEqual(['1']);
			expect(await ids('お茶')).toEqual(['2']);
			expect(await ids('GRÖSSE größe')).toEqual(['3']);
		});

		it('finds by meaning where no word is shared, and joins both ranks', async () => {
			await index.put(
				[
					{ entry: entry('1', 'peanuts make me ill'), vector: vector(1, 0, 0) },
					{ entry: entry('2', 'window seats'), vector: vector(0, 1, 0) },
					{ entry: entry('3', 'allergy in spring'), vector: vector(0.9, 0.1, 0) },
				],
				E,
			);
			expect(await ids('food', { vector: vector(1, 0, 0) })).toEqual(['1', '3']);
			expect((await ids('allergy', { vector: vector(1, 0, 0) }))[0]).toBe('3');
			expect(await ids('food', { vector: vector(0, 0, 1) })).toEqual([]);
			expect(await ids('food', { vector: vector(0, 0, 0) })).toEqual([]);
		});

		it('compares no vectors of other embedders or of other sizes', async () => {
			await index.put([{ entry: entry('1', 'tea'), vector: vector(1, 0, 0) }], 'other/model');
			expect(await ids('x', { vector: vector(1, 0, 0) })).toEqual([]);
			await index.put([{ entry: entry('2', 'tea'), vector: vector(1, 0) }], E);
			expect(await ids('x', { vector: vector(1, 0, 0) })).toEqual([]);
			expect((await ids('tea', { vector: vector(1, 0, 0) })).toSorted()).toEqual(['1', '2']);
		});

		it('puts the same id again in place of the old, words and vector', async () => {
			await index.put([{ entry: entry('1', 'green tea'), vector: vector(1, 0, 0) }], E);
			await put(entry('1', 'black coffee', { kind: 'result' }));
			expect(await ids('tea', { vector: vector(1, 0, 0) })).toEqual([]);
			expect(await ids('coffee')).toEqual(['1']);
			expect(await ids('coffee', { kinds: ['fact'] })).toEqual([]);
		});

		it('picks by kind', async () => {
			await index.put(
				[
					{ entry: entry('1', 'tea'), vector: vector(1, 0, 0) },
					{ entry: entry('2', 'tea', { kind: 'result' }), vector: vector(1, 0, 0) },
				],
				E,
			);
			const asked = { vector: vector(1, 0, 0) };
			expect(await ids('tea', { ...asked, kinds: ['result'] })).toEqual(['2']);
			expect(await ids('tea', { ...asked, kinds: [] })).toEqual([]);
			expect(await ids('tea', { ...asked, limit: 1 })).toHaveLength(1);
		});

		it('finds and changes nothing of another person', async () => {
			await index.put(
				[
					{ entry: entry('1', 'tea of Ann'), vector: vector(1, 0, 0) },
					{ entry: entry('1', 'tea of Bob', { person: BOB }), vector: vector(1, 0, 0) },
				],
				E,
			);
			const found = await index.find(BOB, { text: 'tea', vector: vector(1, 0, 0), embedder: E, limit: 10 });
			expect(found.map((one) => one.entry.text)).toEqual(['tea of Bob']);
			expect(await ids('tea', { vector: vector(1, 0, 0) }, asPersonId('ANN'))).toEqual([]);
			await index.remove(BOB, ['1']);
			expect(await ids('tea')).toEqual(['1']);
			await index.stand(BOB, { through: 3, embedder: E });
			await index.eraseOf(BOB);
			expect(await index.standing(BOB)).toBeUndefined();
			expect(await ids('tea')).toEqual(['1']);
		});

		it('forgets what is removed, and does it twice', async () => {
			await index.put([{ entry: entry('1', 'tea'), vector: vector(1, 0, 0) }], E);
			for (const _ of [1, 2]) await index.remove(ANN, ['1', '77']);
			expect(await ids('tea', { vector: vector(1, 0, 0) })).toEqual([]);
			await put(entry('2', 'tea'));
			for (const _ of [1, 2]) await index.eraseOf(ANN);
			expect(await ids('tea')).toEqual([]);
		});

		it('notes how far a person’s history is in it', async () => {
			expect(await index.standing(ANN)).toBeUndefined();
			await index.stand(ANN, { through: 7, embedder: E });
			await index.stand(ANN, { through: 9, embedder: 'other' });
			expect(await index.standing(ANN)).toEqual({ through: 9, embedder: 'other' });
			expect(await index.standing(BOB)).toBeUndefined();
		});

		it('lives through any question and any text', async () => {
			const texts = [...HOSTILE, ...hostile];
			await index.put(
				texts.map((text, place) => ({ entry: entry(String(place + 1), text), vector: vector(1, place, 0) })),
				E,
			);
			for (const text of texts) {
				const found = await index.find(ANN, { text, vector: vector(Number.NaN, 1, 0), embedder: E, limit: 5 });
				expect(found.length).toBeLessThanOrEqual(5);
				expect(found.every((one) => one.entry.person === ANN)).toBe(true);
			}
			await put(entry('9999', 'quite ordinary words'));
			expect(await ids('ordinary')).toEqual(['9999']);
		}, 60_000);
	});
}
