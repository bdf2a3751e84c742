import { textArgument } from '../../domain/backlog/arguments.ts';
import { CoreError } from '../../domain/errors.ts';
import { asStepId } from '../../domain/ids.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import type { WorkCall } from '../../ports/backlog-work.ts';

/** MOST_STEPS is how many steps of its own one operation has; a plan may hold a few more. */
export const MOST_STEPS = 400;

/** Text up to this stands in a step's input itself. */
const MAX_INLINE_BYTES = 45_000;

/** planStep is a step of an operation. `essential`: nothing comes of the operation without it. */
export function planStep(step: {
	id: string;
	title: string;
	capability: string;
	input: Json;
	essential?: boolean;
}): PlanStep {
	const { id, title, capability, input, essential = false } = step;
	return { id: asStepId(id), title: shortened(title, 200), capability, input, dependsOn: [], essential };
}

/** readFiles are the steps that read the files of a call, and what stands for each of them in another step's input. */
export function readFiles({ files = [] }: WorkCall): { steps: PlanStep[]; documents: Json[] } {
	const steps: PlanStep[] = [];
	const documents: Json[] = [];
	for (const [at, file] of files.entries()) {
		if (file.artifact === undefined) documents.push(inlineDocument(file));
		else {
			const id = `read-${at + 1}`;
			const input = { artifact: file.artifact.id };
			// One file of several is done without; the only one is not.
			const essential = files.length === 1;
			steps.push(planStep({ id, title: `Read ${file.name}`, capability: 'web.read', input, essential }));
			documents.push({ $from: id });
		}
	}
	return { steps, documents };
}

/** researchFirst is a step that looks things up before the work, where the call asks for that, and its findings for the work's input. */
export function researchFirst(
	{ args }: WorkCall,
	query: string,
	context: string,
): { steps: PlanStep[]; findings: JsonObject } {
	if (args['research'] !== true && textArgument(args, 'research') !== 'true') return { steps: [], findings: {} };
	const input = { query: shortened(query, 2_000), context: shortened(context, 8_000), detailLevel: 'medium' };
	const step = planStep({ id: 'research', title: 'Look up what is known', capability: 'backlog.research', input });
	// With the empty text beside it, the list is there even if nothing was found out.
	return { steps: [step], findings: { findings: ['', { $from: 'research.text' }] } };
}

function inlineDocument({ name, text = '' }: NonNullable<WorkCall['files']>[number]): Json {
	const bytes = Buffer.byteLength(JSON.stringify(text));
	if (bytes <= MAX_INLINE_BYTES) return { title: shortened(name, 300), kind: 'text', markdown: text };
	throw new CoreError('too-large', `"${name}" has ${bytes} bytes, which is too much to stand in a plan.`, {
		hint: 'Give it as a stored file.',
	});
}
