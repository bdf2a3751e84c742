import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DocumentSchema } from '../../domain/document.ts';
import { asArtifactId, asPersonId, asTaskId } from '../../domain/ids.ts';
import { attachmentLines } from '../../domain/task/attachment-lines.ts';
import type { Attachment } from '../../domain/task/facts.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { admitPlan } from '../admit-plan.ts';
import { LiveCatalogue } from '../live-catalogue.ts';
import { planByRules } from './plan-by-rules.ts';
import { RulesPlanner } from './rules-planner.ts';

const documents = z.array(DocumentSchema).min(1).max(50);
const finding = z.looseObject({ text: z.string() });
const INPUTS: Record<string, z.ZodType> = {
	'web.read': z.strictObject({ url: z.url().optional(), artifact: z.string().optional() }),
	'web.search': z.strictObject({
		query: z.string().min(1).max(1_000),
		limit: z.int().min(1).max(20),
		maxAgeDays: z.int().min(1).optional(),
	}),
	'web.links': z.strictObject({
		documents: z.array(z.union([DocumentSchema, z.array(DocumentSchema)])),
		topic: z.string().min(1).max(1_000),
		maxLinks: z.int().min(1).max(30),
		seen: z.array(z.union([z.string(), z.array(z.string())])),
	}),
	'web.gather': z.strictObject({
		lists: z.array(z.union([DocumentSchema, z.array(DocumentSchema)])),
		topic: z.string().min(1).max(1_000),
		maxDocuments: z.int().min(1).max(50),
	}),
	'text.summarize': z.strictObject({
		documents: documents.optional(),
		text: z.string().optional(),
		focus: z.string().optional(),
		maxSentences: z.int().min(1).max(50).optional(),
		style: z.enum(['paragraph', 'bullets']).optional(),
	}),
	'text.extract': z.strictObject({
		documents,
		kinds: z
			.array(z.enum(['people', 'organisations', 'places', 'dates', 'money', 'phones', 'emails', 'urls']))
			.optional(),
	}),
	'text.answer': z.strictObject({ documents, questions: z.array(z.string().min(1)).min(1).max(20) }),
	'text.compare': z.strictObject({
		items: z.array(DocumentSchema).min(2).max(20),
		criteria: z.array(z.string().min(1)).max(20).optional(),
		need: z.string().max(10_000).optional(),
	}),
	'text.write': z.strictObject({
		format: z.enum(['report', 'talking-points', 'email']),
		title: z.string().max(200).optional(),
		topic: z.string().optional(),
		need: z.string().max(10_000).optional(),
		documents: documents.optional(),
		findings: z.array(finding).min(1).optional(),
		audience: z.string().optional(),
	}),
	'text.analyze': z.strictObject({ documents, need: z.string().optional() }),
	'human.ask': z.strictObject({
		questions: z.array(
			z.strictObject({
				kind: z.enum(['text', 'choice', 'approval']),
				text: z.string(),
				choices: z.array(z.string()).min(2).optional(),
			}),
		),
	}),
	'files.write': z.strictObject({ path: z.string(), content: z.string() }),
};
const catalogue: CapabilityDeclaration[] = Object.entries(INPUTS).map(([name, input]) => ({
	...{ name, input, version: 1, summary: name, output: z.unknown(), effects: 'none', pure: true },
	...{ placement: 'inline', concurrency: 1 },
}));
const all = new Set(Object.keys(INPUTS));

function request(goal: string, rest: Partial<PlanRequest> = {}): PlanRequest {
	const allowance = { tokens: 0, microUsd: 0 };
	const who = { taskId: asTaskId('t'), person: asPersonId('p'), at: 0 };
	return { ...who, goal, attachments: [], answers: [], earlier: [], allowance, ...rest };
}

function file(name: string): Attachment {
	return { kind: 'file', id: asArtifactId(`id-${name.replace(' ', '-')}`), name, type: 'application/pdf', bytes: 1 };
}

/** The plan of a goal, admitted against the catalogue. */
function plan(goal: string, rest: Partial<PlanRequest> = {}) {
	const outcome = planByRules(request(goal, rest), all);
	if (outcome.kind !== 'plan') throw new Error(`no plan but ${JSON.stringify(outcome)}`);
	expect(admitPlan(outcome.steps, catalogue)).toMatchObject({ ok: true });
	const steps = outcome.steps.map(({ id, capability, input }) => ({ id, capability, input }));
	return {
		...outcome,
		shape: outcome.steps.map(({ id }) => id).join(' '),
		made: steps.filter(({ capability }) => capability !== 'web.read'),
	};
}

function asked(goal: string, rest: Partial<PlanRequest> = {}): string {
	const outcome = planByRules(request(goal, rest), all);
	return outcome.kind === 'ask' ? (outcome.questions[0]?.text ?? '') : `no question but ${JSON.stringify(outcome)}`;
}

function answered(outcome: PlanOutcome): string {
	return outcome.kind === 'answer' ? `${outcome.by}: ${outcome.text}` : `no answer but ${JSON.stringify(outcome)}`;
}

const A = 'https://a.example/x';
const B = 'https://b.example/y';
const from = (...ids: string[]) => ids.map((id) => ({ $from: id }));

describe('comparing', () => {
	test('reads each, compares by the criteria for the need, and reports', () => {
		const goal = `Compare ${A} and ${B} by premium, deductible and exclusions for a family with two kids`;
		const need = 'Compare a.example/x and b.example/y by premium, deductible and exclusions for a family with two kids';
		const { by, note, steps, made } = plan(goal);
		expect(by).toBe('rules:compare');
		expect(note).toBe(
			'I read this as: compare 2 documents by premium, deductible and exclusions, then write a report.',
		);
		expect(steps.slice(0, 2)).toMatchObject([
			{ id: 'read-1', title: 'Read a.example/x', input: { url: A }, essential: true },
			{ id: 'read-2', title: 'Read b.example/y', input: { url: B }, essential: true },
		]);
		expect(made).toMatchObject([
			{
				id: 'compare',
				input: { items: from('read-1', 'read-2'), criteria: ['premium', 'deductible', 'exclusions'], need },
			},
			{ id: 'write', input: { format: 'report', need, findings: from('compare') } },
		]);
	});

	test('of three files with a recommendation is one comparison, and goes on when one cannot be read', () => {
		const attachments = [file('a.pdf'), file('b.docx'), { kind: 'url', url: A } as const];
		const { steps, made, note } = plan('Compare these three insurance policies and recommend the best one', {
			attachments,
		});
		expect(steps.slice(0, 3)).toMatchObject([
			{ title: 'Read a.pdf', input: { artifact: 'id-a.pdf' }, essential: false },
			{ title: 'Read b.docx', essential: false },
			{ input: { url: A }, essential: false },
		]);
		expect(made.map(({ id }) => id)).toEqual(['compare', 'write']);
		expect(note).toContain('compare 3 insurance policies');
	});

	test('takes addresses given after the recommendation or in a sentence of their own', () => {
		expect(plan(`Compare these and recommend the best one: ${A} ${B}`).shape).toBe('read-1 read-2 compare write');
		expect(plan(`Here they are: ${A}, ${B}. Which one is cheapest?`).shape).toBe('read-1 read-2 compare write');
		expect(plan(`Compare these:\n- ${A}\n- ${B}`).shape).toBe('read-1 read-2 compare write');
	});

	test('takes criteria from the recommendation', () => {
		expect(plan(`Compare ${A} with ${B} and recommend one by price and weight`).made[0]).toMatchObject({
			input: { criteria: ['price', 'weight'] },
		});
	});

	test('ends in another form when one is named', () => {
		expect(plan(`Compare ${A} and ${B}, then write an e-mail to my landlord about it`).made).toMatchObject([
			{ id: 'compare' },
			{ id: 'write', input: { format: 'email', audience: 'my landlord', findings: from('compare') } },
		]);
		expect(plan(`Create a comparison report of ${A} and ${B}`).shape).toBe('read-1 read-2 compare write');
	});

	test('asks for what is missing, and counts the answer', () => {
		expect(asked('Compare these policies')).toBe('Which policies should I compare? Send at least two links or files.');
		expect(asked(`Compare ${A}`)).toContain('I have a.example/x so far');
		expect(asked(`Compare the three offers ${A} ${B}`)).toContain('You mention 3 offers, but I have 2');
		const answers = [{ question: 'Which?', answer: `${A}\n${attachmentLines([file('my plan.pdf')])}` }];
		const { steps } = plan('Compare these policies', { answers });
		expect(steps.slice(0, 2)).toMatchObject([{ input: { url: A } }, { input: { artifact: 'id-my-plan.pdf' } }]);
		const goOn = [{ question: 'Send what is missing', answer: 'go on' }];
		expect(plan(`Compare the three offers ${A} ${B}`, { answers: goOn }).shape).toBe('read-1 read-2 compare write');
	});

	test('explains itself when asking did not help', () => {
		const answers = ['no', 'hm', 'what?'].map((answer) => ({ question: 'Which?', answer }));
		expect(answered(planByRules(request('Compare these policies', { answers }), all))).toContain('I asked 3 times');
	});

	test('compares pasted texts', () => {
		const goal =
			'Compare “The basic plan costs ten euros a month and has no limit.” with “The plus plan costs twenty euros a month with roaming.”';
		expect(plan(goal).made[0]).toMatchObject({
			input: { items: [{ title: 'Your text 1' }, { title: 'Your text 2' }] },
		});
	});

	test('takes no more than a table can show', () => {
		const many = Array.from({ length: 30 }, (_, index) => `https://a.example/${index}`).join(' ');
		const { note, made } = plan(`Compare ${many}`);
		expect(made[0]?.input).toMatchObject({ items: { length: 20 } });
		expect(note).toContain('the first 20 of 30');
	});
});

describe('collecting', () => {
	const pages = Array.from({ length: 12 }, (_, index) => `http://127.0.0.1:8080/p${index}`).join(' ');

	test('reads all pages, none of them essential, into talking points on the topic', () => {
		const { by, steps, made } = plan(
			`Collect what these twelve pages say about heat pumps and prepare talking points: ${pages}`,
		);
		expect(by).toBe('rules:collect+write');
		expect(steps.filter(({ capability, essential }) => capability === 'web.read' && !essential)).toHaveLength(12);
		expect(made).toMatchObject([
			{ input: { format: 'talking-points', topic: 'heat pumps', documents: { length: 12 } } },
		]);
	});

	test('makes a report when no form is named', () => {
		expect(plan(`What do these pages say about refunds? ${A} ${B}`)).toMatchObject({
			by: 'rules:collect',
			made: [{ input: { format: 'report', topic: 'refunds', title: 'Refunds' } }],
		});
	});

	test('reads at most fifty documents and says so', () => {
		const many = Array.from({ length: 60 }, (_, index) => `https://a.example/${index}`).join(' ');
		const { note, steps } = plan(`Collect what these say about tea: ${many}`);
		expect(steps.filter(({ capability }) => capability === 'web.read')).toHaveLength(50);
		expect(note).toContain('the first 50 of 60 documents');
	});

	test('asks for pages where nothing can search', () => {
		const few = new Set([...all].filter((name) => name !== 'web.search'));
		expect(planByRules(request('Research heat pumps'), few)).toMatchObject({
			kind: 'ask',
			questions: [{ text: expect.stringContaining('on "heat pumps"') }],
		});
	});

	test('reads files as they are: they lead nowhere further', () => {
		expect(plan('Research heat pumps', { attachments: [file('a.pdf')] })).toMatchObject({ by: 'rules:collect' });
	});
});

describe('researching', () => {
	const shapes = {
		started: 'read-1 links-1 follow-1 links-2 follow-2 gather write',
		searched: 'search read links-1 follow-1 links-2 follow-2 gather write',
	};

	test('reads start pages, follows links twice, weighs everything, and writes', () => {
		const { by, note, steps, shape } = plan(`Research coming environmental bills and prepare talking points: ${A}`);
		expect(by).toBe('rules:research+write');
		expect(note).toBe(
			'I read this as: research "coming environmental bills" from a.example/x, following links, then write talking points.',
		);
		expect(shape).toBe(shapes.started);
		const topic = 'coming environmental bills';
		expect(steps).toMatchObject([
			{ capability: 'web.read', input: { url: A }, essential: true },
			{ capability: 'web.links', input: { documents: from('read-1'), topic, maxLinks: 12 }, essential: false },
			{
				capability: 'web.read',
				input: { url: { $from: 'item.url' } },
				forEach: { $from: 'links-1.links', maxItems: 12 },
				essential: false,
			},
			{ capability: 'web.links', input: { documents: from('follow-1'), topic, maxLinks: 6 }, essential: false },
			{ forEach: { $from: 'links-2.links' }, essential: false },
			{ capability: 'web.gather', input: { lists: from('read-1', 'follow-1', 'follow-2'), topic }, essential: true },
			{
				input: {
					format: 'talking-points',
					title: 'Coming environmental bills',
					topic: 'environmental bills',
					documents: { $from: 'gather.documents' },
					findings: [{ text: '', warnings: { $from: 'gather.warnings' } }],
				},
			},
		]);
	});

	test('never chooses again what was named, found or read', () => {
		const { steps } = plan(`Research heat pumps: ${A}`);
		expect(steps.find(({ id }) => id === 'links-2')?.input).toMatchObject({
			seen: [A, ...from('read-1.url', 'links-1.links.url', 'follow-1.url')],
		});
	});

	test('searches where no page is named, and writes a report where no form is', () => {
		const { by, shape, steps, note } = plan('Research heat pumps');
		expect([by, shape]).toEqual(['rules:research', shapes.searched]);
		expect(note).toContain('by web search, following links, then write a report');
		expect(steps[0]).toMatchObject({ input: { query: 'heat pumps', limit: 10 }, essential: true });
		expect(steps[1]).toMatchObject({ forEach: { $from: 'search.results' }, essential: false });
		expect(steps.at(-1)).toMatchObject({ input: { format: 'report', topic: 'heat pumps' } });
	});

	test('is asked for in many ways', () => {
		for (const [goal, topic] of [
			['Find out about the new parental leave rules', 'the new parental leave rules'],
			['Can you look into tidal power for me?', 'tidal power'],
			['Please research the effects of sleep on memory and give me a summary', 'the effects of sleep on memory'],
			['Investigate “urban heat islands”, then write an e-mail to Bob about it', 'urban heat islands'],
			['find me information on e-bikes', 'e-bikes'],
			['I want to research wild bees', 'wild bees'],
			['Search the web for heat pumps and write a report', 'heat pumps'],
		] as const) {
			expect([goal, plan(goal).steps[0]?.input]).toMatchObject([goal, { query: topic }]);
			expect(plan(goal).shape).toContain('follow-2 gather write');
		}
		expect(plan('What is new about fusion energy?').steps[0]?.input).toMatchObject({
			query: 'fusion energy',
			maxAgeDays: 31,
		});
	});

	test('takes start pages from anywhere in the goal, and reads no more than thirty pages', () => {
		expect(plan(`Research tidal power and prepare talking points, starting from ${A} and ${B}`)).toMatchObject({
			by: 'rules:research+write',
			shape: `read-1 read-2 ${shapes.started.slice(7)}`,
		});
		const many = Array.from({ length: 25 }, (_, index) => `https://a.example/${index}`).join(' ');
		const rounds = plan(`Research tea: ${many}`).steps.filter(({ capability }) => capability === 'web.links');
		expect(rounds.map(({ input }) => (input as { maxLinks: number }).maxLinks)).toEqual([5]);
	});

	test('gives links alone when searching is all that is asked', () => {
		const { by, made } = plan('Search the web for the best 5 links on heat pumps');
		expect(by).toBe('rules:search');
		expect(made).toMatchObject([{ capability: 'web.search', input: { limit: 5 } }]);
		expect(plan('google heat pumps and save it as links.md').shape).toBe('search save');
		const blind = planByRules(request('google heat pumps'), new Set(['web.read']));
		expect(answered(blind)).toContain('I do not know how');
	});

	test('is not mistaken for work on pages that are there', () => {
		expect(plan(`Find out what these pages say about heat pumps: ${A} ${B}`).by).toBe('rules:collect');
		expect(plan(`Look into ${A}`).by).toBe('rules:summarise');
		expect(plan(`Find out about this page: ${A}`).by).not.toContain('research');
		expect(plan(`What is new in ${A}?`).by).toBe('rules:answer');
	});
});

describe('the other patterns', () => {
	test('summarise with length, style and focus', () => {
		expect(plan(`Summarise ${A} about the warranty in three bullets`).made).toMatchObject([
			{
				id: 'summarise',
				input: { documents: from('read-1'), focus: 'the warranty', maxSentences: 3, style: 'bullets' },
			},
		]);
		expect(plan(`tl;dr ${A}`).by).toBe('rules:summarise');
		expect(plan(`What is ${A} about?`).by).toBe('rules:summarise');
		// Words to a running task stand under its goal.
		expect(plan(`Summarise ${A}\n\nin 1 bullet please`).made).toMatchObject([
			{ input: { documents: from('read-1'), maxSentences: 1, style: 'bullets' } },
		]);
		expect(plan(`Summarise each of these: ${A} ${B}`).shape).toBe('read-1 summarise read-2 summarise-2');
		expect(asked('Summarise this page')).toContain('Which page or document should I summarise?');
	});

	test('summarise pasted text without reading anything', () => {
		const text = 'The tenant pays the rent on the first of each month, and the deposit is two rents.';
		expect(plan(`Summarise this: ${text}`).made).toMatchObject([{ input: { text } }]);
		expect(plan(`${text} `.repeat(30))).toMatchObject({
			by: 'rules:summarise',
			note: expect.stringContaining('did not say'),
		});
	});

	test('extract kinds of things', () => {
		expect(plan(`Extract all dates and amounts from ${A}`).made).toMatchObject([
			{ input: { kinds: ['dates', 'money'] } },
		]);
		expect(plan(`list the people and companies mentioned in ${A}`).made).toMatchObject([
			{ input: { kinds: ['people', 'organisations'] } },
		]);
		expect(plan(`Extract the contact details from ${A}`).made).toMatchObject([
			{ input: { kinds: ['phones', 'emails'] } },
		]);
		expect(plan(`Extract everything from ${A}`).made[0]?.input).toEqual({ documents: from('read-1') });
	});

	test('are recognised with the address in front, and in a list', () => {
		expect(plan(`From ${A} get all prices`).made).toMatchObject([{ id: 'extract', input: { kinds: ['money'] } }]);
		expect(plan(`${A} - what is the price?`).made).toMatchObject([{ input: { questions: ['what is the price?'] } }]);
		expect(plan(`Make a list of the deadlines in ${A}`).made).toMatchObject([{ input: { kinds: ['dates'] } }]);
		expect(plan(`I want to know what ${A} says about returns`).by).toBe('rules:answer');
		expect(plan(`Study ${A} and answer: Who is the author? What year was it?`).made).toMatchObject([
			{ id: 'analyse' },
			{ input: { questions: ['Who is the author?', 'What year was it?'] } },
		]);
		expect(plan(`Rank ${A}, ${B}, https://c.example/z by price`).made[0]).toMatchObject({
			input: { criteria: ['price'], need: 'Rank these documents by price' },
		});
	});

	test('answer several questions in one step', () => {
		expect(plan(`What is the deductible? Who is insured? ${A}`).made).toMatchObject([
			{ id: 'answer', input: { questions: ['What is the deductible?', 'Who is insured?'] } },
		]);
		expect(
			plan(`Answer these questions from ${A}:\n1. What is the premium?\n2. Is dental covered?`).made,
		).toMatchObject([{ input: { questions: ['What is the premium?', 'Is dental covered?'] } }]);
		expect(plan(`Read ${A} and tell me who the CEO is`)).toMatchObject({
			by: 'rules:answer',
			made: [{ input: { questions: ['who the CEO is'] } }],
		});
		expect(asked('What does this contract say about notice?')).toContain('Which page or document should I look in?');
	});

	test('analyse, read, write', () => {
		expect(plan(`Analyse ${A}`).shape).toBe('read-1 analyse');
		expect(plan(`What are the pros and cons of ${A}?`).by).toBe('rules:analyse');
		expect(plan('What does this page say? a.example/x').steps).toMatchObject([{ input: { url: A } }]);
		expect(plan(`Prepare a briefing for my boss on the merger from these pages: ${A} ${B}`).made).toMatchObject([
			{ input: { format: 'report', topic: 'the merger', audience: 'my boss', documents: from('read-1', 'read-2') } },
		]);
		expect(asked('Write an e-mail to my landlord about the heating')).toContain('What should an e-mail be based on?');
	});

	test('save what was made, of a comparison the report', () => {
		expect(plan(`Compare ${A} and ${B} and save it as result.md`).made.at(-1)).toMatchObject({
			capability: 'files.write',
			input: { path: 'result.md', content: { $from: 'write.text' } },
		});
		expect(plan(`Read ${A} and save it as page.md`).made).toMatchObject([
			{ input: { content: { $from: 'read-1.markdown' } } },
		]);
	});

	test('ask on the way, and let the rest wait for the answer', () => {
		const { steps, made } = plan(
			`Compare ${A} with ${B}, ask me which of red, green or blue, then write an email to Bob about it`,
		);
		expect(made).toMatchObject([
			{ id: 'compare' },
			{ id: 'ask', input: { questions: [{ kind: 'choice', choices: ['red', 'green', 'blue'] }] } },
			{ id: 'write', input: { findings: from('compare', 'ask') } },
		]);
		expect(steps.at(-1)?.dependsOn).toEqual(['ask']);
		const [asked, written] = plan(
			`Compare ${A} with ${B}, then ask me which of red, green or blue I prefer and write a report about it`,
		).made.slice(1);
		const question = { text: 'Which of red, green or blue do you prefer?', choices: ['red', 'green', 'blue'] };
		expect(asked).toMatchObject({ id: 'ask', input: { questions: [question] } });
		expect(written).toMatchObject({ input: { format: 'report', findings: from('ask', 'compare') } });
		const gated = plan(`Ask me before writing anything, then write a report about cats from ${A}`);
		expect(gated.steps[0]).toMatchObject({ input: { questions: [{ kind: 'approval' }] } });
		expect(gated.steps[1]?.when).toEqual({ path: 'ask.answers.answer', op: 'contains', value: 'approve' });
	});
});

describe('chains', () => {
	test('hand what was found to what is written', () => {
		expect(plan(`Summarise ${A}, then write an e-mail about it`)).toMatchObject({
			by: 'rules:summarise+write',
			made: [{ id: 'summarise' }, { id: 'write', input: { format: 'email', findings: from('summarise') } }],
		});
		expect(plan(`1. Read ${A}\n2. Extract the dates\n3. Write an email to the team about them`).made).toMatchObject([
			{ id: 'extract', input: { kinds: ['dates'] } },
			{ id: 'write', input: { audience: 'the team', findings: from('extract') } },
		]);
	});

	test('read each document once, and keep the documents of each request apart', () => {
		expect(plan(`Summarise ${A} and extract the dates`).shape).toBe('read-1 summarise extract');
		expect(plan(`Summarise ${A}; extract the dates from ${B}`).made).toMatchObject([
			{ input: { documents: from('read-1') } },
			{ input: { documents: from('read-2') } },
		]);
		expect(plan(`Compare ${A} and ${B} and summarise the differences`).made).toMatchObject([
			{ id: 'compare' },
			{ input: { text: { $from: 'compare.text' } } },
		]);
	});

	test('say what they leave out', () => {
		expect(plan(`Summarise ${A} and translate it into German`).note).toContain('I left out "translate it into German"');
		expect(plan(`Summarise ${A} in German`).note).toContain('I left out "in German"');
	});
});

describe('everything else', () => {
	test('is summarised when documents came without a request', () => {
		expect(plan('', { attachments: [file('a.pdf')] })).toMatchObject({
			by: 'rules:summarise',
			note: expect.stringContaining('You did not say what to do with a.pdf'),
		});
	});

	test('is answered when it is small talk, or beyond the rules', () => {
		expect(answered(planByRules(request('hello'), all))).toMatch(/^rules:small-talk: Hello!/);
		expect(answered(planByRules(request('book a table for two'), all))).toContain(
			'by rules alone: “book a table for two”',
		);
		expect(answered(planByRules(request('What is the capital of France?'), all))).toContain('documents you send');
		expect(answered(planByRules(request('colourless green ideas'), all))).toContain('For example:');
		expect(answered(planByRules(request(''), all))).toContain('For example:');
	});

	test('is refused plainly when a capability is missing', () => {
		const few = new Set(['web.read', 'text.summarize']);
		expect(answered(planByRules(request(`Compare ${A} and ${B}`), few))).toContain('I need `text.compare`');
		expect(answered(planByRules(request(`Summarise ${A}`), new Set()))).toContain('`web.read` and `text.summarize`');
		const unwritten = planByRules(request(`Compare ${A} and ${B}`), new Set(['web.read', 'text.compare']));
		expect(unwritten).toMatchObject({ kind: 'plan', steps: [{}, {}, { id: 'compare' }] });
	});

	test('is sent back as a file when the pasted text is too long for a step', () => {
		const long = `Summarise this: ${'The rent is due on the first. '.repeat(3_000)}`;
		expect(answered(planByRules(request(long), all))).toContain('Send it as a file');
	});

	test('gets an admissible plan, an answer or a question from any words', () => {
		const word = fc.constantFrom(
			...'compare summarise extract analyse write read collect research search-the-web-for find-out-about ask me which what and then ; , . ? : by about price the dates report e-mail these three save it as x.md recommend'.split(
				' ',
			),
			A,
			B,
			'\n1. ',
			'“a quoted text that is long enough to count as one”',
		);
		const goals = fc.oneof(
			fc.array(word, { maxLength: 25 }).map((words) => words.join(' ').replace(/-(?=the|web|for|out|about)/g, ' ')),
			fc.string({ unit: 'binary', maxLength: 300 }),
		);
		const attachments = fc.array(fc.constantFrom(file('a.pdf'), file('b.pdf')), { maxLength: 3 });
		fc.assert(
			fc.property(goals, attachments, fc.array(goals, { maxLength: 2 }), (goal, attached, answers) => {
				const said = answers.map((answer) => ({ question: 'q', answer }));
				const outcome = planByRules(request(goal, { attachments: attached, answers: said }), all);
				if (outcome.kind === 'plan') expect(admitPlan(outcome.steps, catalogue)).toMatchObject({ ok: true });
				else expect(outcome.kind === 'ask' ? outcome.questions.length : outcome.text.length).toBeGreaterThan(0);
			}),
			{ numRuns: 1_000 },
		);
	});

	test('is looked through in linear time, whatever it is made of', () => {
		for (const unit of [
			'a',
			' ',
			'\n',
			'“',
			'(',
			'https://a.b/)',
			', ',
			'and compare ',
			'by a, ',
			'?',
			'1. ',
			'x\n',
			'```',
			'\uE000',
		]) {
			const goal = unit.repeat(1_000_000 / unit.length);
			planByRules(request(`compare ${goal}`, { answers: [{ question: 'q', answer: goal }] }), all);
		}
	});
});

test('RulesPlanner plans with the capabilities of its catalogue', async () => {
	expect(await new RulesPlanner(new LiveCatalogue(catalogue)).plan(request(`Summarise ${A}`))).toMatchObject({
		kind: 'plan',
	});
	expect(await new RulesPlanner(new LiveCatalogue([])).plan(request(`Summarise ${A}`))).toMatchObject({
		kind: 'answer',
	});
});

test('every example of docs/planning-by-rules.md is planned as it says there', () => {
	const page = readFileSync(new URL('../../../../../docs/planning-by-rules.md', import.meta.url), 'utf8');
	const rows = Array.from(
		page.matchAll(/^\| (.+?) \| `(rules:[a-z+-]+)` \|/gm),
		(row) => [row[1] ?? '', row[2] ?? ''] as const,
	);
	expect(rows.length).toBeGreaterThan(10);
	for (const [goal, by] of rows) expect([goal, plan(goal).by]).toEqual([goal, by]);
});
