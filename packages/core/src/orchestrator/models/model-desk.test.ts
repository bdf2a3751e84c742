import { expect, test, vi } from 'vitest';
import { SqliteModelLedger } from '../../adapters/sqlite/sqlite-model-ledger.ts';
import { asPersonId, asTaskId } from '../../domain/ids.ts';
import type { ModelCall } from '../../ports/model-ledger.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { Principal } from '../desks/desk.ts';
import type { ModelView } from '../desks/models.ts';
import { runModelCommand } from './model-commands.ts';
import { ModelDesk } from './model-desk.ts';

const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
const owner: Principal = { person: asPersonId('owner'), role: 'owner' };
const ann: Principal = { person: asPersonId('ann'), role: 'member' };
const gus: Principal = { person: asPersonId('gus'), role: 'guest' };

function aView(name: string, some: Partial<ModelView> = {}): ModelView {
	const provider = name.split('/')[0] ?? '';
	const view = { provider, tiers: ['small'], contextTokens: 8_000, health: 'up', since: 0, running: 0, waiting: 0 };
	return { name, ...(view as Omit<ModelView, 'name'>), ...some };
}

function aDesk(views: readonly ModelView[] = [aView('openai/gpt'), aView('local/qwen', { trouble: 'HTTP 500' })]) {
	const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
	const ledger = new SqliteModelLedger({ path: ':memory:', clock, log });
	const pinned = new Map<string, string | undefined>();
	const pins = {
		modelOf: async (person: string) => pinned.get(person),
		pinModel: async ({ person }: Principal, model: string | undefined) => void pinned.set(person, model),
	};
	const desk = new ModelDesk({ views: () => views, ledger, pins, clock });
	let n = 0;
	const record = (principal: Principal, some: Partial<ModelCall> = {}) => {
		n += 1;
		const call: ModelCall = {
			...{ id: `c${n}`, at: clock.now(), person: principal.person, taskId: asTaskId(`t-${principal.person}`) },
			...{ purpose: 'plan', complexity: 'medium', provider: 'openai', model: 'gpt', reason: 'cheapest' },
			...{ inputTokens: 1_000, cachedTokens: 0, outputTokens: 200, microUsd: 1_500_000, ms: 5, outcome: 'ok' },
			...some,
		};
		ledger.record(call, { request: `of ${principal.person}`, reply: 'words', until: clock.now() + 1_000 });
		return call.id;
	};
	const say = (principal: Principal, text: string, direct = true) => {
		const [name = '', ...rest] = text.split(' ');
		return runModelCommand(desk, principal, { name: name as 'model', rest: rest.join(' '), direct, now: clock.now() });
	};
	return { desk, record, say };
}

const today = { from: 0, to: Date.UTC(2026, 10, 22) };

test('shows a person what they spent, and the owner what everybody did', async () => {
	const { desk, record } = aDesk();
	const [hers, his] = [record(ann), record(gus)];
	expect(await desk.usage(ann, { ...today, by: 'person' })).toMatchObject([{ key: 'ann', calls: 1 }]);
	expect(await desk.usage(owner, { ...today, by: 'person' })).toHaveLength(2);
	expect((await desk.calls(ann, { limit: 10 })).map(({ id }) => id)).toEqual([hers]);
	expect((await desk.calls(owner, { limit: 10 })).map(({ id }) => id)).toEqual([his, hers]);
	expect(await desk.calls(ann, { task: asTaskId('t-gus'), limit: 10 })).toEqual([]);
	expect(await desk.transcript(ann, hers)).toMatchObject({ request: 'of ann' });
	expect(await desk.transcript(owner, hers)).toMatchObject({ request: 'of ann' });
	await expect(desk.transcript(ann, his)).rejects.toMatchObject({ code: 'not-found' });
});

test('tells nobody but the owner what a provider complained of', async () => {
	const { desk } = aDesk();
	expect((await desk.models(owner))[1]).toMatchObject({ trouble: 'HTTP 500' });
	expect((await desk.models(ann))[1]).not.toHaveProperty('trouble');
});

test('takes a model by its whole name or, where that is enough, without its provider', async () => {
	const views = [aView('a/gpt'), aView('b/gpt'), aView('b/org/qwen'), aView('b/vectors', { tiers: ['embedding'] })];
	const { desk } = aDesk(views);
	await desk.pin(ann, 'A/GPT');
	expect(await desk.pinned(ann)).toBe('a/gpt');
	await desk.pin(ann, 'org/qwen');
	expect(await desk.pinned(ann)).toBe('b/org/qwen');
	const list = 'There are: a/gpt, b/gpt, b/org/qwen.';
	for (const wrong of ['gpt', 'claude', 'vectors']) {
		await expect(desk.pin(ann, wrong)).rejects.toMatchObject({ code: 'not-found', hint: list });
	}
	await expect(desk.pin(gus, 'a/gpt')).rejects.toMatchObject({ code: 'forbidden' });
	await desk.pin(ann, undefined);
	expect(await desk.pinned(ann)).toBeUndefined();
});

test('answers /model', async () => {
	const { say } = aDesk();
	expect(await say(ann, 'model')).toContain('`openai/gpt` – small, up');
	expect(await say(ann, 'model gpt')).toBe('All your work goes to `openai/gpt`.');
	expect(await say(ann, 'model')).toContain('All your work goes to `openai/gpt`.');
	expect(await say(ann, 'model claude')).toContain('There is no model "claude". There are: openai/gpt, local/qwen.');
	expect(await say(ann, 'model auto')).toBe('Errand chooses the model for each thing you ask.');
	expect(await say(ann, 'model', false)).toContain('Others can read this.');
});

test('answers /usage', async () => {
	const { say, record } = aDesk();
	expect(await say(ann, 'usage')).toBe('No language model was asked today (UTC).');
	record(ann);
	record(gus, { at: clock.now() - 2 * 86_400_000, microUsd: 10 });
	expect(await say(ann, 'usage')).toBe(
		'$1.50 today (UTC): 1 call, 1,200 tokens.\n\n- `openai/gpt` – $1.50, 1 call, 1,200 tokens',
	);
	expect(await say(owner, 'usage 7')).toContain('- `gus` – less than 1 ¢, 1 call');
	expect(await say(ann, 'usage soon')).toContain('"soon" is no number of days.');
	expect(await say(ann, 'usage 999')).toContain('at most 366 days');
});
