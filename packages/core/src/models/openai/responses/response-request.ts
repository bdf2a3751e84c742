import type { OpenAI } from 'openai';
import type { Json } from '../../../domain/json.ts';
import type { ModelMessage, ModelRequest, ModelTool } from '../../../ports/language-model.ts';
import { dataUrl, record, schemaWords, wireName } from '../chat-request.ts';
import type { ServerDialect } from '../server-dialect.ts';
import { fitsStrictMode } from '../strict-mode.ts';

type Params = OpenAI.Responses.ResponseCreateParamsStreaming;
type Item = OpenAI.Responses.ResponseInputItem;

/** responseRequest says a request in the words of the Responses API, as the server understands them. */
export function responseRequest(
	request: ModelRequest,
	{ model, dialect }: { model: string; dialect: ServerDialect },
): Params {
	const { output, tools } = request;
	const items = request.messages.flatMap(toItems);
	const inPrompt = output !== undefined && dialect.output !== 'schema';
	return {
		model,
		input: inPrompt ? [systemItem(schemaWords(output.schema)), ...items] : items,
		stream: true,
		// What is asked is kept here, and not there.
		store: false,
		max_output_tokens: Math.max(LEAST_TOKENS, request.maxTokens + dialect.thinkingTokens),
		...(output === undefined || dialect.output === 'prompt' ? {} : { text: { format: toFormat(output, dialect) } }),
		...(tools === undefined || tools.length === 0 ? {} : { tools: tools.map(toTool) }),
	};
}

/** OpenAI takes no smaller bound (https://platform.openai.com/docs/api-reference/responses/create). */
const LEAST_TOKENS = 16;

function toItems(message: ModelMessage): Item[] {
	switch (message.role) {
		case 'system':
			return [systemItem(message.text)];
		case 'user': {
			const { text, images = [] } = message;
			if (images.length === 0) return [{ type: 'message', role: 'user', content: text }];
			const pictures = images.map((image) => {
				return { type: 'input_image' as const, detail: 'auto' as const, image_url: dataUrl(image) };
			});
			return [{ type: 'message', role: 'user', content: [...pictures, { type: 'input_text', text }] }];
		}
		case 'tool':
			return [{ type: 'function_call_output', call_id: message.callId, output: message.text }];
		case 'assistant': {
			const calls = (message.toolCalls ?? []).map((call): Item => {
				return { type: 'function_call', call_id: call.id, name: wireName(call.name), arguments: call.arguments };
			});
			return message.text === '' ? calls : [{ type: 'message', role: 'assistant', content: message.text }, ...calls];
		}
	}
}

function systemItem(content: string): Item {
	return { type: 'message', role: 'system', content };
}

function toTool({ name, description, parameters }: ModelTool): OpenAI.Responses.FunctionTool {
	return { type: 'function', name: wireName(name), description, parameters: record(parameters), strict: false };
}

function toFormat(
	{ name, schema }: { name: string; schema: Json },
	{ output }: ServerDialect,
): OpenAI.Responses.ResponseFormatTextConfig {
	if (output !== 'schema') return { type: 'json_object' };
	return { type: 'json_schema', name: wireName(name), schema: record(schema), strict: fitsStrictMode(schema) };
}
