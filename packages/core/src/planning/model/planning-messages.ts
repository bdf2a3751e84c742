import type { ModelMessage, ModelReply } from '../../ports/language-model.ts';
import { chooseDomains } from './choose-domains.ts';
import { fitPrompt, promptText } from './prompt-files.ts';
import { shortLine } from './take-over.ts';
import { withoutMarks } from './untrusted.ts';

/** systemPrompt is what a model is told before any goal: the common prompt, the catalogue, and how to plan what the goal looks like, if there is room for that. */
export function systemPrompt(goal: string | undefined, catalogue: string, capabilities: ReadonlySet<string>): string {
	const domains = (goal === undefined ? [] : chooseDomains(goal)).map((domain) =>
		fitPrompt(promptText(domain), capabilities),
	);
	return [fitPrompt(promptText('planner'), capabilities), `# Capabilities\n\n${catalogue}`, ...domains].join('\n\n');
}

/** repairMessages gives a model its own reply back with what is wrong with it. */
export function repairMessages(reply: ModelReply, problems: readonly string[]): readonly ModelMessage[] {
	const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => `- ${withoutMarks(shortLine(problem, MAX_PROBLEM))}`);
	const more = problems.length > MAX_PROBLEMS ? [`- and ${problems.length - MAX_PROBLEMS} more of this kind`] : [];
	const told = `This cannot be used:\n${[...shown, ...more].join('\n')}\nMend all of it and reply with the whole thing again.`;
	if (reply.toolCalls.length === 0) {
		return [
			{ role: 'assistant', text: bounded(reply.text) },
			{ role: 'user', text: told },
		];
	}
	const toolCalls = reply.toolCalls
		.slice(0, MAX_CALLS)
		.map((call) => ({ ...call, arguments: boundedJson(call.arguments) }));
	return [
		{ role: 'assistant', text: bounded(reply.text), toolCalls },
		// Providers want an answer to each call.
		...toolCalls.map(({ id }): ModelMessage => ({ role: 'tool', callId: id, text: told })),
	];
}

/** tokensOf estimates how many tokens a text has. */
export function tokensOf(messages: readonly ModelMessage[]): number {
	let characters = 0;
	for (const message of messages) {
		characters += message.text.length;
		if (message.role === 'assistant')
			for (const call of message.toolCalls ?? []) characters += call.name.length + call.arguments.length;
	}
	return Math.ceil(characters / 4);
}

const MAX_PROBLEMS = 8;
const MAX_PROBLEM = 400;
const MAX_CALLS = 4;
/** No honest reply of the tokens allowed is longer. */
const MAX_ECHO = 24_000;

function bounded(text: string): string {
	return text.length <= MAX_ECHO ? text : `${text.slice(0, MAX_ECHO)} […]`;
}

function boundedJson(text: string): string {
	return text.length <= MAX_ECHO ? text : '{"steps": []}';
}
