import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import { parseLenientJson } from '../../domain/lenient-json.ts';
import { InvalidInputError, parseInput } from '../../domain/parse-input.ts';
import type { PlanProblem } from '../../domain/task/check-plan.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import { PlanStepsSchema } from '../../domain/task/plan-schema.ts';
import type { QuestionDraft } from '../../domain/task/question.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { PlanRequest } from '../../ports/planner.ts';
import { addressProblems } from '../address-problems.ts';
import { admitPlan } from '../admit-plan.ts';
import { withNamesOf } from '../loose-names.ts';
import { referenceProblems } from '../reference-problems.ts';
import type { GoalBrief } from './goal-brief.ts';
import { fillPasted } from './pasted-references.ts';
import { MAX_QUESTIONS } from './planner-tools.ts';

/** Checked is what a model proposed, parsed; or everything that is wrong with it, in sentences. */
export type Checked<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problems: readonly string[] };

/** checkPlan parses the steps a model wrote and holds them against the catalogue and against what the person gave. */
export function checkPlan(
	written: Json,
	catalogue: readonly CapabilityDeclaration[],
	brief: GoalBrief,
): Checked<readonly PlanStep[]> {
	const { value, unknown } = fillPasted(tidied(written), brief.pasted);
	if (unknown.length > 0) return wrong(unknown.map((name) => `No text named "${name.slice(0, 100)}" came along.`));
	const parsed = parsedAs(PlanStepsSchema, value, 'The list of steps');
	if (!parsed.ok) return parsed;
	const admission = admitPlan(parsed.value, catalogue);
	const steps = admission.ok ? withNamesOf(parsed.value, admission.steps) : parsed.value;
	const problems: PlanProblem[] = admission.ok ? referenceProblems(steps, catalogue) : [...admission.problems];
	problems.push(...addressProblems(steps, brief.given), ...fileProblems(steps, brief.artifacts));
	return problems.length === 0 ? { ok: true, value: steps } : wrong(problems.map(sentenceOf));
}

/** checkQuestions parses what a model wants to ask. What was answered before is not asked again, and there is an end to asking. */
export function checkQuestions(written: Json, answers: PlanRequest['answers']): Checked<readonly QuestionDraft[]> {
	if (answers.length >= MAX_ANSWERS) {
		return wrong([
			`The person has answered ${answers.length} questions already; plan with what is known, or say what is missing.`,
		]);
	}
	const parsed = parsedAs(
		QuestionsSchema,
		Array.isArray(written) ? written.map(tidiedQuestion) : written,
		'The questions',
	);
	if (!parsed.ok) return parsed;
	const known = new Set(answers.map(({ question }) => plain(question)));
	const again = parsed.value.filter(({ text }) => known.has(plain(text)));
	return again.length === 0
		? parsed
		: wrong(again.map(({ text }) => `"${text.slice(0, 200)}" was asked and answered before.`));
}

const MAX_ANSWERS = 6;

const text = z.string().trim().min(1).max(1_000);
const QuestionsSchema = z
	.array(
		z.union([
			z.object({ kind: z.literal('text'), text }),
			z.object({ kind: z.literal('choice'), text, choices: z.array(z.string().trim().min(1).max(200)).min(2).max(10) }),
		]),
	)
	.min(1)
	.max(MAX_QUESTIONS);

function tidiedQuestion(question: Json): Json {
	if (typeof question === 'string') return { kind: 'text', text: question };
	if (!isJsonObject(question)) return question;
	const { choices, kind } = question;
	const offers = Array.isArray(choices) && choices.length > 0;
	if (kind !== undefined && kind !== 'text' && kind !== 'choice') return question;
	return { ...question, kind: offers ? 'choice' : (kind ?? 'text') };
}

/** What models write where a field is left out, and JSON written as text; everything else must be right as it stands. */
function tidied(steps: Json): Json {
	if (!Array.isArray(steps)) return steps;
	return steps.map((step: Json) => (isJsonObject(step) ? tidiedStep(step) : step));
}

function tidiedStep(step: JsonObject): JsonObject {
	const kept = Object.entries(step).filter(([, value]) => value !== null);
	const fields: Record<string, Json> = Object.fromEntries(kept);
	const { input } = fields;
	if (typeof input === 'string' && /^\s*\{/.test(input)) fields['input'] = parseLenientJson(input) ?? input;
	if (fields['title'] === undefined || fields['title'] === '') fields['title'] = fields['capability'] ?? '';
	return fields;
}

function parsedAs<S extends z.ZodType>(schema: S, value: Json, what: string): Checked<z.output<S>> {
	try {
		return { ok: true, value: parseInput(schema, value, what) };
	} catch (error) {
		if (!(error instanceof InvalidInputError)) throw error;
		return wrong(error.problems.map(({ path, message }) => `${what}, at ${path}: ${message}.`));
	}
}

function fileProblems(steps: readonly PlanStep[], artifacts: ReadonlySet<string>): PlanProblem[] {
	return steps.flatMap(({ id, input }) => {
		const artifact = isJsonObject(input) ? input['artifact'] : undefined;
		if (typeof artifact !== 'string' || artifacts.has(artifact)) return [];
		return [{ stepId: id, message: `No file with the id "${artifact.slice(0, 100)}" came along; use the ids given.` }];
	});
}

function sentenceOf({ stepId, message }: PlanProblem): string {
	return stepId === undefined ? message : `Step "${stepId}": ${message}`;
}

function plain(words: string): string {
	return words
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}

function wrong(problems: readonly string[]): { ok: false; problems: readonly string[] } {
	return { ok: false, problems };
}
