import type { Json } from '@errand/core/domain/json.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import { type InputRequest, inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type { ClientAbilities } from '../protocol/surface.ts';

/** questionForm asks a task's question of the person at the client: in a form, a secret only by address; undefined where the client cannot. */
export function questionForm(
	question: Question,
	client: Pick<ClientAbilities, 'forms' | 'links'>,
	address: string,
): InputRequest | undefined {
	const message = wordsOf(question);
	if (question.kind === 'secret') {
		return client.links ? inputRequired.elicitUrl({ message, url: address }) : undefined;
	}
	if (!client.forms) return undefined;
	return inputRequired.elicit({ message, requestedSchema: { type: 'object', ...fieldOf(question) } });
}

/** FormReply is what the person did with a form. */
export type FormReply = { readonly answer: Json } | 'seen' | 'declined' | 'missing';

/** formReply reads what came of a form; `seen`: an address was opened, and the answer comes another way. */
export function formReply(
	question: Question,
	inputs: Readonly<Record<string, unknown>> | undefined,
	key: string,
): FormReply {
	const reply = inputResponse(inputs, key);
	if (reply.kind !== 'elicit') return 'missing';
	if (reply.action !== 'accept') return 'declined';
	if (question.kind === 'secret') return 'seen';
	const said = reply.content?.[FIELD];
	if (question.kind === 'approval')
		return typeof said === 'boolean' ? { answer: said ? 'approve' : 'refuse' } : 'declined';
	return typeof said === 'string' && said.trim() !== '' ? { answer: said } : 'declined';
}

/** questionKey names a question among inputs. */
export function questionKey({ id }: Pick<Question, 'id'>): string {
	return `question-${id}`;
}

const FIELD = 'answer';

type FormFields = Pick<Parameters<typeof inputRequired.elicit>[0]['requestedSchema'] & { type: 'object' }, never> & {
	properties: Record<
		string,
		{ type: 'string'; title: string; enum?: string[] } | { type: 'boolean'; title: string; default: boolean }
	>;
	required: string[];
};

function fieldOf({ kind, choices = [] }: Question): FormFields {
	const required = [FIELD];
	if (kind === 'approval') {
		return { properties: { [FIELD]: { type: 'boolean', title: 'Go ahead', default: false } }, required };
	}
	const isChoice = kind === 'choice' && choices.length > 0;
	return {
		properties: { [FIELD]: { type: 'string', title: 'Answer', ...(isChoice ? { enum: [...choices] } : {}) } },
		required,
	};
}

function wordsOf({ text, effect }: Question): string {
	return effect === undefined || text.includes(effect.summary) ? text : `${text}\n\n${effect.summary}`;
}
