import { parseArgs } from 'node:util';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';

/** USAGE tells how the command is used. */
export const USAGE = `npm run workflow -- check <file>…                    says what is wrong, with line and column
npm run workflow -- run <file or name> [key=value…]  runs it on the server, and shows what it gives
npm run workflow -- graph <file>                     shows its steps as a Mermaid graph
npm run workflow -- schema                           prints the JSON Schema of a workflow, for editors
npm run workflow -- fmt <file>…                      writes files evenly; comments and the order of keys stay

  --input <json>   the whole input of a run; key=value sets one parameter, a value that is JSON is taken as JSON
  --help
Exit codes: 0 done, 1 something is wrong or the run failed, 2 wrong use or no server.`;

/** WorkflowOrder is what was typed after the command. */
export type WorkflowOrder =
	| { readonly command: 'help' | 'schema' }
	| { readonly command: 'check' | 'fmt'; readonly files: readonly string[] }
	| { readonly command: 'graph'; readonly file: string }
	| { readonly command: 'run'; readonly subject: string; readonly input: JsonObject };

/** parseOrder reads the command line; what it does not know is a CoreError with the usage as hint. */
export function parseOrder(argv: readonly string[]): WorkflowOrder {
	const { values, positionals } = parse(argv);
	if (values.help) return { command: 'help' };
	const [command, ...rest] = positionals;
	const [first, ...others] = rest;
	if (command !== 'run' && values.input !== undefined) throw wrong('--input goes with “run” only.');
	switch (command) {
		case 'schema':
			if (first !== undefined) throw wrong('“schema” takes nothing.');
			return { command };
		case 'check':
		case 'fmt':
			if (first === undefined) throw wrong(`“${command}” takes files.`);
			return { command, files: rest };
		case 'graph':
			if (first === undefined || others.length > 0) throw wrong('“graph” takes one file.');
			return { command, file: first };
		case 'run':
			if (first === undefined) throw wrong('“run” takes a file, or the name of a workflow.');
			return { command, subject: first, input: inputOf(values.input, others) };
		default:
			throw wrong(command === undefined ? 'Nothing was asked for.' : `“${command}” is not known.`);
	}
}

function parse(argv: readonly string[]) {
	try {
		return parseArgs({
			args: [...argv],
			allowPositionals: true,
			options: { input: { type: 'string' }, help: { type: 'boolean', default: false } },
		});
	} catch (error) {
		throw wrong(`${describeError(error)}.`);
	}
}

function inputOf(whole: string | undefined, words: readonly string[]): JsonObject {
	const given = whole === undefined ? {} : jsonIn(whole);
	if (!isJsonObject(given)) throw wrong('--input is a JSON object.');
	const members = words.map((word): readonly [string, Json] => {
		const at = word.indexOf('=');
		if (at < 1) throw wrong(`“${word}” is not key=value.`);
		const value = word.slice(at + 1);
		return [word.slice(0, at), jsonIn(value) ?? value];
	});
	return { ...given, ...Object.fromEntries(members) };
}

/** A value that is no JSON is a text. */
function jsonIn(text: string): Json | undefined {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function wrong(message: string): CoreError {
	return new CoreError('invalid-input', message, { hint: USAGE });
}
