import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import { checkPlan } from '@errand/core/planning/model/check-move.ts';
import { DOMAINS } from '@errand/core/planning/model/choose-domains.ts';
import { briefOf } from '@errand/core/planning/model/goal-brief.ts';
import { systemPrompt, tokensOf } from '@errand/core/planning/model/planning-messages.ts';
import { type Example, examplesIn, fitPrompt, promptText } from '@errand/core/planning/model/prompt-files.ts';
import { renderCatalogue } from '@errand/core/planning/model/render-catalogue.ts';
import { referenceProblems } from '@errand/core/planning/reference-problems.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import { catalogue } from '@errand/workers/catalogue.ts';
import { describe, expect, it } from 'vitest';

const names = new Set(catalogue.map(({ name }) => name));
const request = (goal: string) => ({ goal, attachments: [], answers: [], earlier: [], at: 0 });

function stepsOf(plan: string): Json {
	const json = JSON.parse(plan) as Json;
	return isJsonObject(json) ? (json['steps'] ?? null) : null;
}

describe('the prompts of the model planner', () => {
	it.each(DOMAINS)('show plans for %s that the catalogue can run', (domain) => {
		const examples = examplesIn(promptText(domain));
		expect(examples.length).toBeGreaterThan(0);
		for (const { goal, plan } of examples) {
			expect(checkPlan(stepsOf(plan), catalogue, briefOf(request(goal))), goal).toMatchObject({ ok: true });
		}
	});

	it.each(['planner', ...DOMAINS] as const)('name no capability in %s that there is not', (name) => {
		const text = promptText(name);
		const known = new Set([...names, 'web.search', 'web.links', 'web.gather', 'browser.visit']);
		const named = Array.from(text.matchAll(/`([a-z]+\.[a-z]+)`/g), ([, found = '']) => found);
		expect(named.filter((one) => !known.has(one))).toEqual([]);
		// What a prompt says beyond its conditions holds in any catalogue.
		const always = fitPrompt(text, new Set([...names].filter((one) => !/^(?:web\.(?!read)|browser)/.test(one))));
		expect(always).not.toMatch(/`(?:web\.search|web\.links|web\.gather|browser\.visit)`|^\[/m);
	});

	it('are described with plans that run, and one that is refused', () => {
		const page = readFileSync(join(import.meta.dirname, '../../docs/planning-by-model.md'), 'utf8');
		const check = ({ goal, plan }: Example) => checkPlan(stepsOf(plan), catalogue, briefOf(request(goal)));
		const examples = examplesIn(page);
		expect(examples.map((example) => check(example).ok)).toEqual([true, true]);
		const refused = examplesIn(page.replaceAll('```json refused', '```json')).slice(2);
		expect(refused.map(check)).toMatchObject([{ ok: false, problems: [expect.stringContaining('do not make up')] }]);
	});

	it('are found wherever the process was started', () => {
		const file = import.meta.resolve('@errand/core/planning/model/prompt-files.ts');
		const script = `const { promptText } = await import(${JSON.stringify(file)}); console.log(promptText('planner'));`;
		const told = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
			cwd: tmpdir(),
			encoding: 'utf8',
		});
		expect(told.trim()).toBe(promptText('planner'));
	});

	it('leave room for the goal', () => {
		const rendered = renderCatalogue(catalogue, false);
		expect(tokensOf([{ role: 'system', text: rendered }])).toBeLessThan(4_000);
		for (const { name } of catalogue) expect(rendered).toContain(`## ${name}\n`);
		for (const goal of ['hello', 'Research heat pumps', 'Compare two plans, then watch them', 'Write a script']) {
			const system = systemPrompt(goal, rendered, names);
			expect(tokensOf([{ role: 'system', text: system }])).toBeLessThan(6_500);
		}
	});
});

describe('plans by rules', () => {
	it.each([
		'Compare https://a.example/1 and https://a.example/2 by price, then write an e-mail about it',
		'Collect what these pages say about heat pumps and prepare talking points: https://a.example/1 https://a.example/2',
		'Research heat pumps in old houses and prepare talking points',
		'Research heat pumps starting from https://a.example/1 and write a report',
		'Extract the dates from https://a.example/1 and save them to dates.md',
		'What is the deductible? Who is insured? https://a.example/1',
		'Compare https://a.example/1 with https://a.example/2, ask me which of red or blue, then write an e-mail about it',
	])('refer to nothing that is not there: %s', async (goal) => {
		const who = { taskId: asTaskId('t'), person: asPersonId('p'), allowance: { tokens: 0, microUsd: 0 } };
		const outcome = await new RulesPlanner(new LiveCatalogue(catalogue)).plan({ ...request(goal), ...who });
		if (outcome.kind !== 'plan') throw new Error(JSON.stringify(outcome));
		expect(referenceProblems(outcome.steps, catalogue)).toEqual([]);
	});
});
