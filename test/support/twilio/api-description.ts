import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

type Schema = Readonly<Record<string, unknown>>;

/** ApiDescription checks forms against Twilio's own description of its API. */
export interface ApiDescription {
	/** What is wrong with a form for creating a message, a line each. */
	complaintsAboutMessage(form: URLSearchParams): string[];
}

/** openApiDescription reads the description where `ERRAND_SPECS_DIR` says; undefined if it says nothing. */
export function openApiDescription(folder = process.env['ERRAND_SPECS_DIR']): ApiDescription | undefined {
	if (folder === undefined || folder === '') return undefined;
	const document = JSON.parse(readFileSync(join(folder, 'twilio_api_v2010.json'), 'utf8')) as Schema;
	const post = ['paths', '/2010-04-01/Accounts/{AccountSid}/Messages.json', 'post', 'requestBody', 'content'];
	const form = at(document, [...post, 'application/x-www-form-urlencoded', 'schema']);
	const properties = at(form, ['properties']) as Readonly<Record<string, Schema>>;
	const schema = z.fromJSONSchema(resolved(form, document) as Parameters<typeof z.fromJSONSchema>[0], {
		defaultTarget: 'openapi-3.0',
	});
	return {
		complaintsAboutMessage(sent) {
			const unknown = [...new Set(sent.keys())].filter((name) => !Object.hasOwn(properties, name));
			const values = Object.fromEntries(
				Object.entries(properties).flatMap(([name, property]) =>
					sent.has(name) ? [[name, typed(sent.getAll(name), property)]] : [],
				),
			);
			const { error } = schema.safeParse(values);
			return [
				...unknown.map((name) => `Twilio knows no parameter "${name}"`),
				...(error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`),
			];
		},
	};
}

/** A form carries words only; what they stand for is in the schema. */
function typed(values: readonly string[], { type }: Schema): unknown {
	const [value = ''] = values;
	if (type === 'array') return values;
	if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
	if (type === 'integer' || type === 'number') return Number(value);
	return values.length === 1 ? value : values;
}

function at(document: Schema, path: readonly string[]): Schema {
	return path.reduce((found, name) => found[name] as Schema, document);
}

/** Puts what a reference names in its place. */
function resolved(value: unknown, document: Schema): unknown {
	if (Array.isArray(value)) return value.map((one) => resolved(one, document));
	if (typeof value !== 'object' || value === null) return value;
	const { $ref } = value as { $ref?: unknown };
	if (typeof $ref === 'string') return resolved(at(document, $ref.slice(2).split('/')), document);
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one, document)]));
}
