import { isJsonObject, type Json } from '../../domain/json.ts';
import { parseLenientJson } from '../../domain/lenient-json.ts';
import type { ModelMessage, ModelTool } from '../../ports/language-model.ts';
import { schemaWords, wireName } from '../openai/chat-request.ts';
import type { HistoryCall, HistoryItem } from './llama-library.ts';
import type { LlamaAsk } from './llama-protocol.ts';

/** llamaHistory says a request as node-llama-cpp wants it: the model's own turns with what its calls gave, and an open one at the end. */
export function llamaHistory({ messages, output }: Pick<LlamaAsk, 'messages' | 'output'>): readonly HistoryItem[] {
	const items: HistoryItem[] = [];
	const calls = new Map<string, HistoryCall>();
	for (const message of messages) addMessage(items, calls, message);
	if (output !== undefined) addSystem(items, schemaWords(output.schema));
	if (items.at(-1)?.type !== 'model') items.push({ type: 'model', response: [] });
	return items;
}

/** llamaFunctions says which tools there are. */
export function llamaFunctions(tools: readonly ModelTool[]) {
	return Object.fromEntries(
		tools.map(({ name, description, parameters }) => [
			wireName(name),
			{ description, params: Object(grammarSchema(parameters)) as object },
		]),
	);
}

/** grammarSchema is a JSON Schema in the words that grammars are made of: every choice is a `oneOf`. */
export function grammarSchema(schema: Json): Json {
	if (Array.isArray(schema)) return schema.map(grammarSchema);
	if (!isJsonObject(schema)) return schema;
	const entries = Object.entries(schema).map(([key, value]): [string, Json] => {
		// Names of properties are no keywords.
		if ((key === 'properties' || key === '$defs') && isJsonObject(value)) {
			return [key, Object.fromEntries(Object.entries(value).map(([name, each]) => [name, grammarSchema(each)]))];
		}
		return [key === 'anyOf' ? 'oneOf' : key, key === 'enum' || key === 'const' ? value : grammarSchema(value)];
	});
	return Object.fromEntries(entries);
}

function addMessage(items: HistoryItem[], calls: Map<string, HistoryCall>, message: ModelMessage): void {
	switch (message.role) {
		case 'system':
			addSystem(items, message.text);
			return;
		case 'user':
			items.push({ type: 'user', text: message.text });
			return;
		case 'assistant': {
			const made = (message.toolCalls ?? []).map(({ id, name, arguments: text }): HistoryCall => {
				const call = {
					type: 'functionCall' as const,
					name: wireName(name),
					params: parseLenientJson(text) ?? {},
					result: '',
				};
				calls.set(id, call);
				return call;
			});
			items.push({ type: 'model', response: [...(message.text === '' ? [] : [message.text]), ...made] });
			return;
		}
		case 'tool': {
			const call = calls.get(message.callId);
			if (call === undefined) items.push({ type: 'user', text: message.text });
			else call.result = message.text;
		}
	}
}

/** Many chat templates take one system turn, and only in first place. */
function addSystem(items: HistoryItem[], text: string): void {
	const [first] = items;
	if (first?.type === 'system') first.text = `${first.text}\n\n${text}`;
	else items.unshift({ type: 'system', text });
}
