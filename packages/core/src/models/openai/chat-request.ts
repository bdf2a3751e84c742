import type { OpenAI } from 'openai';
import type { Json } from '../../domain/json.ts';
import type { ModelImage, ModelMessage, ModelRequest, ModelTool } from '../../ports/language-model.ts';
import type { ServerDialect } from './server-dialect.ts';
import { fitsStrictMode } from './strict-mode.ts';

type Params = OpenAI.ChatCompletionCreateParamsStreaming;
type Message = OpenAI.ChatCompletionMessageParam;

/** chatRequest says a request in the words of the chat completions API, as the server understands them. */
export function chatRequest(
	request: ModelRequest,
	{ model, dialect }: { model: string; dialect: ServerDialect },
): Params {
	const { output, tools } = request;
	const messages = request.messages.map(toMessage);
	return {
		model,
		messages: output === undefined || dialect.output === 'schema' ? messages : withSchema(messages, output.schema),
		stream: true,
		...(dialect.streamUsage ? { stream_options: { include_usage: true } } : {}),
		[dialect.bound]: request.maxTokens + dialect.thinkingTokens,
		...(output === undefined || dialect.output === 'prompt' ? {} : { response_format: toFormat(output, dialect) }),
		...(tools === undefined || tools.length === 0 ? {} : { tools: tools.map(toTool) }),
	};
}

/** wireName makes a name of letters, digits, underscores and hyphens, all that the API takes for tools and schemas. */
export function wireName(name: string): string {
	return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'reply';
}

function toMessage(message: ModelMessage): Message {
	switch (message.role) {
		case 'system':
			return { role: 'system', content: message.text };
		case 'user':
			return { role: 'user', content: withImages(message) };
		case 'tool':
			return { role: 'tool', tool_call_id: message.callId, content: message.text };
		case 'assistant': {
			const calls = message.toolCalls ?? [];
			if (calls.length === 0) return { role: 'assistant', content: message.text };
			return {
				role: 'assistant',
				content: message.text === '' ? null : message.text,
				tool_calls: calls.map(({ id, name, arguments: text }) => ({
					id,
					type: 'function',
					function: { name: wireName(name), arguments: text },
				})),
			};
		}
	}
}

function withImages({ text, images = [] }: Extract<ModelMessage, { role: 'user' }>) {
	if (images.length === 0) return text;
	return [
		...images.map((image) => ({ type: 'image_url' as const, image_url: { url: dataUrl(image) } })),
		{ type: 'text' as const, text },
	];
}

/** dataUrl says a picture in an address, as both APIs take it. */
export function dataUrl({ type, base64 }: ModelImage): string {
	return `data:${type};base64,${base64}`;
}

function toTool({ name, description, parameters }: ModelTool): OpenAI.ChatCompletionFunctionTool {
	return { type: 'function', function: { name: wireName(name), description, parameters: record(parameters) } };
}

function toFormat(
	{ name, schema }: { name: string; schema: Json },
	{ output }: ServerDialect,
): NonNullable<Params['response_format']> {
	if (output !== 'schema') return { type: 'json_object' };
	return {
		type: 'json_schema',
		json_schema: { name: wireName(name), schema: record(schema), strict: fitsStrictMode(schema) },
	};
}

/** schemaWords asks for JSON of a schema in the prompt. */
export function schemaWords(schema: Json): string {
	return `Reply with one JSON value and nothing else: no code fence, no words before or after it. It must hold to this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** OpenAI takes `json_object` only where the prompt speaks of JSON; so does the sense of it. */
function withSchema(messages: readonly Message[], schema: Json): Message[] {
	const text = schemaWords(schema);
	const [first, ...others] = messages;
	// Many chat templates take one system turn, and only in first place.
	return first?.role === 'system' && typeof first.content === 'string'
		? [{ role: 'system', content: `${first.content}\n\n${text}` }, ...others]
		: [{ role: 'system', content: text }, ...messages];
}

/** record is a JSON Schema as the library's types want it. */
export function record(schema: Json): Record<string, unknown> {
	return { ...(schema as Record<string, Json>) };
}
