import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import { parseLenientJson } from '../../domain/lenient-json.ts';
import type { ModelReply, ToolCall } from '../../ports/language-model.ts';
import { ASK_PERSON, PROPOSE_PLAN } from './planner-tools.ts';
import { withoutThoughts } from './visible-text.ts';

/** Move is what a model's reply amounts to; plans and questions are unchecked, `wrong` is what to tell a model that made no sense. */
export type Move =
	| { readonly kind: 'plan'; readonly steps: Json; readonly note: string | undefined }
	| { readonly kind: 'ask'; readonly questions: Json }
	| { readonly kind: 'answer'; readonly text: string }
	| { readonly kind: 'wrong'; readonly problem: string }
	| { readonly kind: 'nothing' };

/** readMove understands tool calls, and models that write the call as text because they have no tools. */
export function readMove(reply: ModelReply): Move {
	if (reply.toolCalls.length > 0) return readCall(reply.toolCalls, reply.finish === 'length');
	if (reply.text.length > MAX_LENGTH) return { kind: 'wrong', problem: TOO_LONG };
	const text = withoutThoughts(reply.text).trim();
	if (text === '') return { kind: 'nothing' };
	return readText(text, reply.finish === 'length');
}

function readCall(calls: readonly ToolCall[], wasCut: boolean): Move {
	// Some models write the name with a prefix or in another spelling: `functions.propose-plan`.
	const call = calls.find(({ name }) => TOOL_NAME.test(name));
	if (call === undefined) {
		const name = calls[0]?.name.slice(0, 100) ?? '';
		const what = name === '' ? 'A tool was called without its name' : `There is no tool "${name}"`;
		return { kind: 'wrong', problem: `${what}; capabilities are used by the steps of ${PROPOSE_PLAN}.` };
	}
	if (call.arguments.length > MAX_LENGTH) return { kind: 'wrong', problem: TOO_LONG };
	const isHalf = /^\s*[{["]/.test(call.arguments) && !isClosed(call.arguments);
	if (wasCut || isHalf) return { kind: 'wrong', problem: cutOff(wasCut) };
	const json = parseLenientJson(call.arguments);
	const move = json === undefined ? undefined : unwrap(json, 0);
	if (move !== undefined) return move;
	return { kind: 'wrong', problem: `The arguments of ${call.name} are no JSON object as its schema wants it.` };
}

function readText(text: string, wasCut: boolean): Move {
	const begins = /^(?:[{[]|(?:```|~~~)\s*(?:json)?\s*[{[]|<tool_call>)/.test(text);
	const mentions = /"(?:steps|capability|questions|propose_plan|ask_person)"/.test(text);
	if (!mentions) return answerIn(text, begins);
	const json = parseLenientJson(text);
	const move = json === undefined ? undefined : unwrap(json, 0);
	// JSON that a sentence leads up to is a plan only if it is one without doubt.
	const isMeant = move !== undefined && (begins || isPlain(move));
	if (isMeant && (wasCut || !isClosed(text))) return { kind: 'wrong', problem: cutOff(wasCut) };
	if (isMeant) return move;
	if (json === undefined && begins) return { kind: 'wrong', problem: 'Your reply looks like a plan but is no JSON.' };
	return { kind: 'answer', text };
}

function isPlain(move: Move): boolean {
	if (move.kind === 'plan') return namesCapabilities(move.steps);
	return move.kind === 'ask' && Array.isArray(move.questions) && move.questions.every(isQuestion);
}

function isQuestion(question: Json): boolean {
	return isJsonObject(question) && typeof question['text'] === 'string' && typeof question['kind'] === 'string';
}

/** Some models put even plain words into JSON. */
function answerIn(text: string, begins: boolean): Move {
	const json = begins && text.startsWith('{') ? parseLenientJson(text) : undefined;
	if (isJsonObject(json) && Object.keys(json).length === 1) {
		const [key, value] = Object.entries(json)[0] ?? [];
		if (
			/^(?:answer|text|response|reply|message|content)$/.test(key ?? '') &&
			typeof value === 'string' &&
			value.trim() !== ''
		)
			return { kind: 'answer', text: value.trim() };
	}
	return { kind: 'answer', text };
}

/** Far more than the tokens allowed come to. */
const MAX_LENGTH = 200_000;
const TOO_LONG = `Your reply has more than ${MAX_LENGTH} characters.`;
const TOOL_NAME = new RegExp(`(?:^|[.:/])(?:${PROPOSE_PLAN}|${ASK_PERSON})$`.replaceAll('_', '[-_ ]?'), 'i');

/** What follows the semicolon is for the model alone. */
function cutOff(wasTooLong: boolean): string {
	return wasTooLong
		? 'The reply was cut off because it was too long; make the plan shorter: fewer steps, forEach for lists, short titles and inputs.'
		: 'The reply ends in the middle of its JSON; give the whole of it, closed, and nothing after it.';
}

/** Lenient parsing closes what was left open, and half a plan must not pass for a whole one. */
function isClosed(text: string): boolean {
	return /[}\]][\s`~]*(?:<\/tool_call>\s*)?$/.test(text) || /[}\]]\s*(?:```|~~~|<\/tool_call>)/.test(text);
}

const MAX_WRAPPERS = 4;

/** Finds the plan or the questions in JSON, whatever it is wrapped in. */
function unwrap(json: Json, depth: number): Move | undefined {
	if (depth > MAX_WRAPPERS) return undefined;
	if (typeof json === 'string') {
		const inner = /^\s*[{[]/.test(json) ? parseLenientJson(json) : undefined;
		return inner === undefined ? undefined : unwrap(inner, depth + 1);
	}
	if (Array.isArray(json)) return unwrapList(json, depth);
	if (!isJsonObject(json)) return undefined;
	if (json['steps'] !== undefined) return { kind: 'plan', steps: parsed(json['steps']), note: noteOf(json) };
	if (json['questions'] !== undefined) return { kind: 'ask', questions: parsed(json['questions']) };
	if (typeof json['capability'] === 'string') return { kind: 'plan', steps: [json], note: undefined };
	for (const key of WRAPPERS) {
		const inner = json[key];
		const move = inner === undefined || inner === null ? undefined : unwrap(inner, depth + 1);
		if (move !== undefined) return move;
	}
	return undefined;
}

const WRAPPERS = [PROPOSE_PLAN, ASK_PERSON, 'plan', 'arguments', 'parameters', 'input', 'function', 'tool_calls'];

function unwrapList(list: readonly Json[], depth: number): Move | undefined {
	if (namesCapabilities(list)) return { kind: 'plan', steps: list, note: undefined };
	const [only, ...more] = list;
	return only === undefined || more.length > 0 ? undefined : unwrap(only, depth + 1);
}

function namesCapabilities(steps: Json): boolean {
	return (
		Array.isArray(steps) && steps.some((step: Json) => isJsonObject(step) && typeof step['capability'] === 'string')
	);
}

/** Lists are sometimes written as JSON text within JSON. */
function parsed(value: Json): Json {
	return typeof value === 'string' ? (parseLenientJson(value) ?? value) : value;
}

function noteOf(plan: JsonObject): string | undefined {
	const note = plan['note'];
	return typeof note === 'string' && note.trim() !== '' ? note.trim() : undefined;
}
