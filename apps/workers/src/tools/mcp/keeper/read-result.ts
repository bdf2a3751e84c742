import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import { isDeeperThan } from '../json-depth.ts';
import { plainWords, withoutSecrets } from '../plain-words.ts';
import type { ToolFile, ToolResult } from '../protocol.ts';
import { ToolError } from '../tool-error.ts';

/** GivenResult is what a server answered a call with, as it came. */
export interface GivenResult {
	readonly content?: readonly unknown[] | undefined;
	readonly structuredContent?: unknown;
	readonly isError?: boolean | undefined;
}

/**
 * readResult takes apart what a tool gave: its words, each entry of its content, what is meant for programs, and its files. Throws
 * `tool-failed` with the server's words where the tool says that it failed, `too-large` for more than can be used.
 */
export function readResult(
	given: GivenResult,
	{ server, tool, secrets }: { readonly server: string; readonly tool: string; readonly secrets: readonly string[] },
): ToolResult {
	const reading = new Reading(secrets);
	const entries = (given.content ?? []).filter(isJsonObject);
	if (entries.length > MAX_ENTRIES) throw tooMuch(tool, `${entries.length} pieces of content`);
	const content = entries.map((entry) => reading.entry(entry));
	const text = reading.texts.join('\n\n');
	if (given.isError === true) throw failed(server, tool, text);
	if (text.length > MAX_TEXT_LENGTH) throw tooMuch(tool, `${Math.round(text.length / 1024 / 1024)} MB of text`);
	const structured = given.structuredContent;
	if (isDeeperThan(MAX_DEPTH, structured as Json)) throw tooMuch(tool, `data nested deeper than ${MAX_DEPTH} levels`);
	return {
		text: text === '' && structured !== undefined ? JSON.stringify(structured) : text,
		content,
		...(structured !== undefined && { structured: cleaned(structured as Json, secrets) }),
		files: reading.files,
	};
}

const MAX_ENTRIES = 1_000;
const MAX_DEPTH = 200;
const MAX_FILES = 50;
const MAX_TEXT_LENGTH = 5 * 1024 * 1024;

class Reading {
	readonly texts: string[] = [];
	readonly files: ToolFile[] = [];
	readonly #secrets: readonly string[];

	constructor(secrets: readonly string[]) {
		this.#secrets = secrets;
	}

	entry(entry: JsonObject): JsonObject {
		switch (entry['type']) {
			case 'text':
				return { type: 'text', text: this.#text(entry['text']) };
			case 'image':
			case 'audio':
				return { type: entry['type'], ...this.#file(entry['data'], entry['mimeType'], entry['type']) };
			case 'resource':
				return { type: 'resource', ...this.#resource(isJsonObject(entry['resource']) ? entry['resource'] : {}) };
			case 'resource_link':
				return { type: 'resource_link', ...this.#said(entry, ['uri', 'name', 'title', 'description', 'mimeType']) };
			default:
				return { type: plainWords(String(entry['type']), 50) };
		}
	}

	#resource(resource: JsonObject): JsonObject {
		const said = this.#said(resource, ['uri', 'mimeType']);
		if (typeof resource['text'] === 'string') return { ...said, text: this.#text(resource['text']) };
		const name = String(resource['uri'] ?? '')
			.split(/[/\\]/)
			.at(-1);
		return { ...said, ...this.#file(resource['blob'], resource['mimeType'], name ?? 'resource') };
	}

	#said(entry: JsonObject, keys: readonly string[]): JsonObject {
		return Object.fromEntries(
			keys.flatMap((key) => {
				const value = entry[key];
				return typeof value === 'string' ? [[key, plainWords(withoutSecrets(value, this.#secrets), 1_000)]] : [];
			}),
		);
	}

	#text(text: Json | undefined): string {
		const clean = withoutSecrets(typeof text === 'string' ? text : '', this.#secrets);
		if (clean !== '') this.texts.push(clean);
		return clean;
	}

	/** Files beyond what can be kept are told of, not kept. */
	#file(data: Json | undefined, mimeType: Json | undefined, name: string): JsonObject {
		const type = typeof mimeType === 'string' && TYPE.test(mimeType) ? mimeType : 'application/octet-stream';
		if (typeof data !== 'string' || this.files.length === MAX_FILES) return { mimeType: type };
		const content = Buffer.from(data, 'base64');
		const number = this.files.length;
		this.files.push({ name: fileName(name, type, number), type, content });
		return { mimeType: type, file: number };
	}
}

const TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/;

function fileName(name: string, type: string, number: number): string {
	const plain = plainWords(name, 80).replace(/[^\p{L}\p{N}._-]+/gu, '-');
	if (/\.\w{1,8}$/.test(plain)) return plain;
	const ending = (type.split('/')[1] ?? 'bin')
		.replace(/\+.*$/, '')
		.replace('mpeg', 'mp3')
		.replace('octet-stream', 'bin');
	return `${plain === '' ? 'file' : plain}-${number + 1}.${ending}`;
}

function cleaned(value: Json, secrets: readonly string[]): Json {
	if (secrets.length === 0) return value;
	// Secrets are looked for as they stand within JSON.
	return JSON.parse(
		withoutSecrets(
			JSON.stringify(value),
			secrets.map((secret) => JSON.stringify(secret).slice(1, -1)),
		),
	);
}

function failed(server: string, tool: string, text: string): ToolError {
	const words = plainWords(text, 1_000);
	return new ToolError(
		'tool-failed',
		`The tool "${tool}" of the MCP server "${server}" failed${words === '' ? ' and did not say why' : `; it said: “${words}”`}.`,
		{ hint: 'Look at what the step gives the tool, or leave the step out.' },
	);
}

function tooMuch(tool: string, what: string): ToolError {
	return new ToolError('too-large', `The tool "${tool}" gave ${what}, which is more than can be used.`, {
		hint: 'Ask it for less at once.',
	});
}
