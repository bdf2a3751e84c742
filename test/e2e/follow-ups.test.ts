import type { TaskView } from '@errand/core/domain/task/view.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carefulResearcher } from '../fixtures/research-site/careful-mind.ts';
import { expected } from '../fixtures/research-site/expected.ts';
import { type ResearchSite, startResearchSite } from '../fixtures/research-site/start-research-site.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type ModelStandIn, startModelStandIn } from '../harness/model-stand-in.ts';
import { eventually } from '../harness/process-tree.ts';
import { goalIn } from '../harness/reading-prompts.ts';

describe('asking on in a conversation with a language model', () => {
	let site: ResearchSite;
	let model: ModelStandIn;
	let errand: ErrandProcess;
	beforeAll(async () => {
		site = await startResearchSite({ slowMs: 50 });
		model = await startModelStandIn({
			...carefulResearcher,
			summary: ({ user }) => {
				const quote = user.split('\n').find((line) => line.includes('£85 million')) ?? '';
				const [sentence = ''] = /The Clean Air Zones Bill would cost[^.]*\./.exec(quote) ?? [];
				return { value: { sentences: [{ sentence, support: [{ document: 1, quote: sentence }] }] } };
			},
			plan: (asked) => {
				const goal = goalIn(asked.user);
				const said = asked.user.split("The goal, in the person's words:")[0] ?? '';
				if (/capital of France/.test(goal)) return 'The capital of France is Paris.';
				// Only what was said before tells what this is about.
				if (/^And of Italy/.test(goal)) {
					return /capital of France/.test(said) ? 'The capital of Italy is Rome.' : 'What of Italy?';
				}
				if (/^Make it shorter/.test(goal)) return shorten(said);
				return carefulResearcher['plan']?.(asked) ?? '';
			},
		});
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.hosts, ...model.env } });
	});
	afterAll(async () => {
		await errand.dispose();
		await model.stop();
		await site.stop();
	});

	/** Says something in a conversation and gives the task that came of it, once it is over. */
	async function say(conversation: string, text: string): Promise<TaskView> {
		const path = `/v1/conversations/${conversation}/messages`;
		const sent = await errand.call('POST', path, { text, clientId: text });
		expect(sent.status).toBeLessThan(300);
		let id: string | undefined;
		await eventually(async () => {
			const { entries } = (await (await errand.call('GET', path)).json()) as { entries: Line[] };
			id = entries.find((line) => line.kind === 'message' && line.clientId === text)?.taskId;
			return id !== undefined;
		});
		return await errand.settled(id ?? '');
	}
	const lastPlanned = () => model.asked.findLast(({ what }) => what === 'plan')?.user ?? '';

	it('tells the model what was asked and answered before', async () => {
		const first = await say('web-owner-capitals', 'What is the capital of France?');
		expect(first.result).toMatchObject({ text: 'The capital of France is Paris.', method: 'model' });
		expect(lastPlanned()).not.toContain('Said before');
		const second = await say('web-owner-capitals', 'And of Italy?');
		expect(second.result?.text).toBe('The capital of Italy is Rome.');
		expect(lastPlanned()).toContain('Asked: What is the capital of France?');
		expect(lastPlanned()).toContain('Answered: <untrusted>The capital of France is Paris.</untrusted>');
	});

	it('keeps conversations apart', async () => {
		const other = await say('web-owner-other', 'And of Italy, please?');
		expect(other.result?.text).toBe('What of Italy?');
		expect(lastPlanned()).not.toContain('France');
	});

	it('names the files of a research and shows none of its text, and a plan goes on from a file', async () => {
		const research = await say(
			'web-owner-bills',
			`Research ${expected.topic} and prepare talking points: ${site.origin}/`,
		);
		expect(research.status).toBe('done');
		const text = research.result?.text ?? '';
		const shorter = await say('web-owner-bills', 'Make it shorter');
		const prompt = lastPlanned();
		expect(prompt).toContain(`Asked: Research ${expected.topic}`);
		expect(prompt).not.toContain('Answered:');
		const lines = text.split('\n').filter((line) => line.length > 20);
		expect(lines.length).toBeGreaterThan(5);
		for (const line of lines) expect(prompt).not.toContain(line);
		for (const figure of ['£85 million', '£140 million', '20 pence']) expect(prompt).not.toContain(figure);
		for (const { id } of research.result?.artifacts ?? []) expect(prompt).toContain(`{"artifact": "${id}"}`);
		expect(shorter.status).toBe('done');
		expect(shorter.plan.by).toBe('model:stand-in');
		expect(shorter.result?.text).toContain('£85 million');
		expect((shorter.result?.text ?? '').length).toBeLessThan(text.length / 2);
	});
});

interface Line {
	readonly kind: string;
	readonly clientId?: string;
	readonly taskId?: string;
}

/** Reads the first file that was made before, and sums it up. */
function shorten(said: string) {
	const [, artifact = ''] = /\{"artifact": "([^"]+)"\} text\/markdown/.exec(said) ?? [];
	const steps = [
		{ id: 'read', title: 'Read what was written', capability: 'web.read', input: { artifact } },
		{
			id: 'gist',
			title: 'Sum it up',
			capability: 'text.summarize',
			input: { documents: [{ $from: 'read' }], maxSentences: 2, focus: 'what clean air costs' },
		},
	];
	return { call: 'propose_plan', args: { steps } };
}
