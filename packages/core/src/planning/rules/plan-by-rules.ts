import { PLAN_LIMITS } from '../../domain/task/plan.ts';
import type { PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { type Clause, type Goal, MAX_MATERIALS, readGoal } from './goal.ts';
import { type Added, countDocuments, listed, type Pattern } from './pattern.ts';
import { analyse } from './patterns/analyse.ts';
import { answer } from './patterns/answer.ts';
import { askMe } from './patterns/ask-me.ts';
import { collect } from './patterns/collect.ts';
import { compare } from './patterns/compare.ts';
import { extract } from './patterns/extract.ts';
import { read } from './patterns/read.ts';
import { research } from './patterns/research.ts';
import { save } from './patterns/save.ts';
import { search } from './patterns/search.ts';
import { summarise, summariseAll } from './patterns/summarise.ts';
import { write } from './patterns/write.ts';
import { PlanDraft } from './plan-draft.ts';
import { abilities, smallTalk } from './small-talk.ts';

/** The first pattern that recognises a clause gets it, so the more particular ones come first. */
const PATTERNS: readonly Pattern[] = [
	askMe,
	save,
	search,
	research,
	write,
	compare,
	summarise,
	extract,
	collect,
	analyse,
	read,
	answer,
];

/** What people ask for that no rule can plan. */
const BEYOND =
	/^(?:translate|book|buy|order|call|phone|schedule|remind|cancel|post|tweet|pay|calculate|compute|code|program|draw|paint|play|delete|install|deploy|upload|sing|rewrite|rephrase|proofread|improve|correct|fix|convert|click|log ?in|sign|fill|submit|monitor|watch|track|imagine|invent)\b/i;

/** A language the result should have; rules write in that of the documents. */
const LANGUAGE =
	/\b(?:in|into) (?:english|german|french|spanish|italian|portuguese|dutch|polish|russian|turkish|arabic|hindi|chinese|japanese|korean|swedish|danish|czech|ukrainian)\b/i;

/** How often a goal is asked about before its planning ends with an explanation. */
const MAX_ROUNDS = 3;

/** planByRules plans a goal by the patterns, answers small talk, or asks for what is missing. It never throws. */
export function planByRules(request: PlanRequest, capabilities: ReadonlySet<string>): PlanOutcome {
	const goal = readGoal(request);
	const hasMaterial = goal.materials.length > 0 || goal.clauses.some(({ materials }) => materials.length > 0);
	const talk = hasMaterial ? undefined : smallTalk(request.goal);
	if (talk !== undefined) return say('small-talk', talk);
	const tooLong = longTextProblem(goal);
	if (tooLong !== undefined) return say('too-long', tooLong);
	return planClauses(withLooseAddresses(goal, capabilities), capabilities, request.answers.length);
}

interface Progress {
	readonly used: Set<string>;
	readonly notes: { readonly by: string; readonly words: string }[];
	readonly beyond: string[];
}

function planClauses(goal: Goal, capabilities: ReadonlySet<string>, rounds: number): PlanOutcome {
	const draft = new PlanDraft(goal, capabilities);
	const progress: Progress = { used: new Set(), notes: [], beyond: [] };
	for (const clause of goal.clauses) {
		const pattern = PATTERNS.find((one) => one.asks(clause, draft));
		if (pattern === undefined) {
			if (BEYOND.test(clause.text)) progress.beyond.push(clause.said.slice(0, 100));
			continue;
		}
		const lacking = lackingCapabilities(pattern.needs, draft);
		if (lacking.length > 0) return say('missing-capability', missingText(pattern.name, lacking));
		const added = pattern.add(clause, draft);
		if (added.kind === 'ask') return askOrExplain(pattern.name, added, rounds);
		progress.used.add(pattern.name);
		const language = LANGUAGE.exec(clause.text)?.[0];
		if (language !== undefined) progress.beyond.push(language);
		if (added.note !== undefined) progress.notes.push({ by: pattern.name, words: added.note });
	}
	for (const pattern of PATTERNS) {
		const note = progress.used.has(pattern.name) ? pattern.finish?.(draft) : undefined;
		if (note !== undefined) progress.notes.push({ by: pattern.name, words: note });
	}
	return draft.steps.length > 0 ? proposal(draft, progress) : withoutPattern(goal, draft, progress);
}

function proposal(draft: PlanDraft, { used, notes, beyond }: Progress): PlanOutcome {
	// Reading is a means where something else is made of it.
	const rules = used.size > 1 ? [...used].filter((name) => name !== 'read') : [...used];
	const understood = notes.filter(({ by }) => rules.includes(by)).map(({ words }) => words);
	const sentences = [`I read this as: ${understood.join(', then ')}.`];
	if (beyond.length > 0)
		sentences.push(
			`I left out ${listed(beyond.map((one) => `"${one}"`))}: rules cannot do that; a language model could.`,
		);
	const { dropped } = draft.goal;
	if (dropped > 0) sentences.push(`I read the first ${MAX_MATERIALS} of ${MAX_MATERIALS + dropped} documents.`);
	return {
		kind: 'plan',
		by: `rules:${rules.join('+')}`,
		steps: draft.steps,
		note: sentences.join(' '),
		method: 'rules',
	};
}

/** No pattern made a step: with documents they are summarised; otherwise the person is told what is possible. */
function withoutPattern(goal: Goal, draft: PlanDraft, { beyond }: Progress): PlanOutcome {
	const materials = draft.materialsOf({ text: '', said: '', materials: [] });
	if (materials.length > 0 && beyond.length === 0) {
		const lacking = lackingCapabilities(summarise.needs, draft);
		if (lacking.length > 0) return say('missing-capability', missingText('summarise', lacking));
		summariseAll(materials, draft);
		const note = `You did not say what to do with ${countDocuments(materials)}, so I summarise. Say "compare", "extract", "analyse" or ask a question for more.`;
		return { kind: 'plan', by: 'rules:summarise', steps: draft.steps, note, method: 'rules' };
	}
	const refusal =
		beyond.length > 0
			? `I cannot do this by rules alone: ${listed(beyond.map((one) => `“${one}”`))}. A language model could help.`
			: REFUSALS[/\?\W*$/.test(goal.need) ? 'question' : 'goal'];
	return say('help', `${refusal}\n\n${abilities()}`);
}

const REFUSALS = {
	question: 'I cannot answer that from nothing: without a language model I look for answers in documents you send.',
	goal: 'I do not know how to do that by rules alone.',
};

function askOrExplain(name: string, { question }: Extract<Added, { kind: 'ask' }>, rounds: number): PlanOutcome {
	if (rounds < MAX_ROUNDS) return { kind: 'ask', by: `rules:${name}`, questions: [question] };
	const text = `${question.text}\n\nI asked ${rounds} times and still lack it. Send the goal again with its links, files or text in one message.`;
	return say(name, text);
}

function say(rule: string, text: string): PlanOutcome {
	return { kind: 'answer', by: `rules:${rule}`, text, method: 'rules' };
}

/** Addresses in a sentence that asks for nothing ("Here they are: …") belong to the goal as a whole. */
function withLooseAddresses(goal: Goal, capabilities: ReadonlySet<string>): Goal {
	const blank = new PlanDraft(goal, capabilities);
	const asks = (clause: Clause) => PATTERNS.some((pattern) => pattern.asks(clause, blank));
	const loose = goal.clauses.filter(
		(clause) => clause.materials.length > 0 && !asks({ ...clause, materials: [] }) && !asks(clause),
	);
	return { ...goal, materials: [...goal.materials, ...loose.flatMap(({ materials }) => materials)] };
}

function lackingCapabilities(needs: readonly string[], draft: PlanDraft): string[] {
	const { materials, clauses } = draft.goal;
	const all = [...materials, ...clauses.flatMap((clause) => clause.materials)];
	const reads = all.some(({ kind }) => kind !== 'text') ? ['web.read'] : [];
	return [...reads, ...needs].filter((name) => !draft.can(name));
}

function missingText(name: string, lacking: readonly string[]): string {
	const are = lacking.length === 1 ? 'it is' : 'they are';
	return `To ${name} I need ${listed(lacking.map((one) => `\`${one}\``))}, and ${are} not available here. Start a worker that offers ${lacking.length === 1 ? 'it' : 'them'}, then send the goal again.`;
}

/** Text in a step's input is bounded; a file is not. */
function longTextProblem({ materials }: Goal): string | undefined {
	let bytes = 0;
	for (const material of materials)
		if (material.kind === 'text') bytes += Buffer.byteLength(JSON.stringify(material.text));
	if (bytes <= MAX_TEXT_BYTES) return undefined;
	return `That text is too long to work on inside a message: ${Math.ceil(bytes / 1_024)} KB, of at most ${Math.floor(MAX_TEXT_BYTES / 1_024)} KB. Send it as a file (.txt, .md, .pdf or .docx), and the goal with it.`;
}

const MAX_TEXT_BYTES = PLAN_LIMITS.maxInputBytes - 12_288;
