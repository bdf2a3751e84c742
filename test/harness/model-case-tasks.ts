import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ErrandProcess } from './errand-process.ts';

/** CaseTasks are the tasks that meet one case: planned by the model, answered by it, and with steps that use it. */
export interface CaseTasks {
	readonly compare: TaskView;
	readonly france: TaskView;
	readonly steps: TaskView;
}

/** runCase submits the three tasks of a case and waits until each has ended or asks. */
export async function runCase(errand: ErrandProcess, name: string): Promise<CaseTasks> {
	const [goals, steps] = await Promise.all([runGoals(errand, name), runSteps(errand, name)]);
	return { ...goals, steps };
}

/** runGoals submits what has to be planned. */
export async function runGoals(errand: ErrandProcess, name: string): Promise<Omit<CaseTasks, 'steps'>> {
	const goal = `Compare these three policies and recommend one. case-${name}`;
	const ids = [
		await errand.submit({ goal, attachments: attachments(name) }),
		await errand.submit({ goal: capitalGoal(name) }),
	] as const;
	const [compare, france] = [await errand.settled(ids[0]), await errand.settled(ids[1])];
	return { compare, france };
}

/** runSteps submits steps that use the model. */
export async function runSteps(errand: ErrandProcess, name: string): Promise<TaskView> {
	return errand.settled(await errand.submit({ goal: `Read two plans. case-${name}`, plan: textSteps(name) }));
}

/** capitalGoal is a goal that a model answers without steps. */
export function capitalGoal(name: string): string {
	return `What is the capital of France? case-${name}`;
}

/** textSteps are steps in which a model writes, compares, answers and summarises. */
function textSteps(name: string): Record<string, unknown>[] {
	const documents = [planDocument('Alder', '$120', name), planDocument('Birch', '$90', name)];
	const questions = [`What does the Alder plan cost in case-${name}?`];
	return [
		step('write', 'text.write', { format: 'report', topic: `plans, case-${name}`, documents }),
		step('compare', 'text.compare', { items: documents, need: `a cheap one, case-${name}` }),
		step('answer', 'text.answer', { documents, questions }),
		step('summarise', 'text.summarize', { documents }),
	];
}

/** summaryStep is one step in which a model is asked once, if it replies well. */
export function summaryStep(id: string, name: string): Record<string, unknown> {
	return step(id, 'text.summarize', { documents: [planDocument('Alder', '$120', `${name}`)], focus: `cost ${id}` });
}

/** saidOf is all that the person is told of a task. */
export function saidOf({ plan, result, questions, error }: TaskView): string {
	const asked = questions.map(({ text }) => text);
	return [plan.note, result?.text, ...(result?.warnings ?? []), ...asked, error?.message].join('\n');
}

function step(id: string, capability: string, input: object): Record<string, unknown> {
	return { id, title: id, capability, input };
}

function planDocument(plan: string, price: string, name: string) {
	const markdown = `The ${plan} plan costs ${price} per year. The ${plan} plan covers water damage up to $5,000.`;
	return { title: `${plan} plan, case-${name}`, kind: 'text', markdown };
}

function attachments(name: string) {
	return ['Alder', 'Birch', 'Cedar'].map((plan, index) => {
		const text = `The ${plan} policy costs $${(index + 1) * 50} per year in case-${name}. The deductible is $500.\n`;
		return { name: `${plan}.txt`, type: 'text/plain', base64: Buffer.from(text).toString('base64') };
	});
}
