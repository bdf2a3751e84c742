import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isCoreError } from '../domain/errors.ts';
import { asStepId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { given, submitTask } from '../testing/given-task.ts';
import { admitPlan } from './admit-plan.ts';
import { CatalogueAdmission } from './catalogue-admission.ts';
import { LiveCatalogue } from './live-catalogue.ts';
import { checkPlan } from './model/check-move.ts';

function capability(name: string, summary: string, input: z.ZodType, effects: 'none' | 'external' = 'none') {
	const fixed = { version: 1, output: z.looseObject({}), pure: true, placement: 'inline', concurrency: 1 } as const;
	return { ...fixed, name, summary, input, effects } satisfies CapabilityDeclaration;
}

const catalogue = [
	capability('web.read', 'Reads a web page as Markdown.', z.strictObject({ url: z.string() })),
	capability('text.compare', 'Compares documents.', z.strictObject({ items: z.array(z.json()) })),
	capability('mail.send', 'Sends an e-mail.', z.strictObject({ to: z.string().describe('address') }), 'external'),
];
const missing = new Map([['web.search', 'The capability "web.search" needs a search provider.']]);

function step(id: string, name: string, input: Json, rest: Partial<PlanStep> = {}): PlanStep {
	return { id: asStepId(id), title: id, capability: name, input, dependsOn: [], essential: true, ...rest };
}

const loose = step('a', 'read a web page', { url: 'https://example.org/' });

function problems(...steps: PlanStep[]): readonly string[] {
	const admission = admitPlan(steps, catalogue, { missing });
	return admission.ok ? [] : admission.problems.map(({ message }) => message);
}

describe('a plan that names a capability loosely', () => {
	test('is admitted with the one it means, and keeps what it said', () => {
		const steps = [loose, step('b', 'website.read', { url: { $from: 'a.next' } }), step('c', 'web.read', { url: 'x' })];
		const admission = admitPlan(steps, catalogue);
		expect(admission).toMatchObject({
			ok: true,
			steps: [
				{ capability: 'web.read', matchedFrom: 'read a web page', effects: 'none' },
				{ capability: 'web.read', matchedFrom: 'website.read', dependsOn: ['a'] },
				{ capability: 'web.read' },
			],
		});
		if (!admission.ok) throw new Error('not admitted');
		expect(admission.steps[2]).not.toHaveProperty('matchedFrom');
		expect(admitPlan(admission.steps, catalogue)).toEqual(admission);
	});

	test('has the match in its history and shows it', () => {
		const plan = new CatalogueAdmission(new LiveCatalogue(catalogue)).admit([loose]);
		const fact = given()
			.when(submitTask([...plan]))
			.facts.find(({ type }) => type === 'PlanProposed');
		expect(fact?.data).toMatchObject({ steps: [{ capability: 'web.read', matchedFrom: 'read a web page' }] });
		expect(given(submitTask([...plan])).view().plan.steps).toMatchObject([
			{ capability: 'web.read', matchedFrom: 'read a web page' },
		]);
	});

	test('is refused with a suggestion where the input does not fit the one it seems to mean', () => {
		expect(problems(step('a', 'page_fetch_web', { query: 'x' }))).toEqual([
			'There is no capability "page_fetch_web"; did you mean "web.read"?',
			expect.stringContaining('The input of "web.read" does not fit at "url"'),
			expect.stringContaining('Unrecognized key: "query"'),
		]);
	});

	test('gets nothing that is stronger than what it says', () => {
		for (const name of ['e-mail', 'send an e-mail', 'message.send', 'notify']) {
			expect(problems(step('a', name, { to: 'x' }))[0], name).toMatch(/^There is no capability/);
		}
		expect(admitPlan([step('a', 'send_mail', { to: 'x' })], catalogue)).toMatchObject({
			ok: true,
			steps: [{ capability: 'mail.send', matchedFrom: 'send_mail', effects: 'external' }],
		});
		const tame = step('a', 'send_mail', { to: 'x' }, { effects: 'none' });
		expect(problems(tame)).toEqual([expect.stringContaining('a plan may only be stricter')]);
	});

	test('hears why the one it means is not offered, and gets no other', () => {
		for (const name of ['web.search', 'search the web', 'web-searching']) {
			expect(problems(step('a', name, { query: 'x' }))).toEqual([missing.get('web.search')]);
		}
	});

	test('is refused as ever where nothing is meant for certain', () => {
		expect(problems(step('a', 'rocket.launch', {}))).toEqual([
			'There is no capability "rocket.launch"; there are web.read, text.compare, mail.send.',
		]);
		expect(() => new CatalogueAdmission(new LiveCatalogue(catalogue)).admit([step('a', 'web', {})])).toThrowError(
			expect.toSatisfy((error: unknown) => isCoreError(error) && error.code === 'invalid-plan'),
		);
	});

	test('is taken from a model without asking it again, and held against what it may refer to', () => {
		const given = ['https://example.org/'];
		const brief = { message: '', unread: true, given, origins: [], artifacts: new Set<string>(), pasted: new Map() };
		const written = [
			{ id: 'a', title: 'Read', capability: 'webpage_fetch', input: { url: 'https://example.org/' } },
			{ id: 'b', title: 'Compare', capability: 'compare documents', input: { items: [{ $from: 'a' }] } },
		];
		const checked = checkPlan(written, catalogue, brief);
		expect(checked).toMatchObject({
			ok: true,
			value: [
				{ capability: 'web.read', matchedFrom: 'webpage_fetch' },
				{ capability: 'text.compare', matchedFrom: 'compare documents' },
			],
		});
		if (checked.ok) expect(checked.value[0]).not.toHaveProperty('retry');
	});
});
