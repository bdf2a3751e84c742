import { redactText } from '../../domain/redact.ts';
import type { ModelMessage, ModelRequest } from '../../ports/language-model.ts';

/** redactRequest takes secrets out of all that a model would read; a request without any is given back as it is. */
export function redactRequest(request: ModelRequest, secrets: readonly string[]): ModelRequest {
	if (secrets.length === 0) return request;
	const messages = request.messages.map((message) => redactMessage(message, secrets));
	return messages.every((message, at) => message === request.messages[at]) ? request : { ...request, messages };
}

function redactMessage(message: ModelMessage, secrets: readonly string[]): ModelMessage {
	const text = redactText(message.text, secrets);
	if (message.role !== 'assistant' || message.toolCalls === undefined) {
		return text === message.text ? message : { ...message, text };
	}
	const toolCalls = message.toolCalls.map((call) => ({ ...call, arguments: redactText(call.arguments, secrets) }));
	const isSame = toolCalls.every((call, at) => call.arguments === message.toolCalls?.[at]?.arguments);
	return text === message.text && isSame ? message : { ...message, text, toolCalls };
}
