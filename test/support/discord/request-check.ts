import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface OpenApi {
	readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const FILE = 'discord-openapi.json';

/**
 * RequestCheck compares requests with Discord's own description of its API. The description is read where ERRAND_SPECS_DIR
 * says; without it nothing is compared, and `compares` is false.
 */
export class RequestCheck {
	readonly #paths: readonly { readonly pattern: RegExp; readonly path: string }[] = [];
	readonly #methods: OpenApi['paths'] = {};
	readonly #compiled = new Map<string, ValidateFunction | undefined>();
	readonly #ajv: Ajv2020 | undefined;

	constructor(folder: string | undefined) {
		const file = folder === undefined ? undefined : join(folder, FILE);
		if (file === undefined || !existsSync(file)) return;
		const description = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
		this.#ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false, logger: false });
		this.#ajv.addSchema(description, 'discord');
		this.#methods = description.paths;
		this.#paths = Object.keys(description.paths)
			// What is written out comes before what stands for anything.
			.toSorted((a, b) => a.split('{').length - b.split('{').length)
			.map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) }));
	}

	get compares(): boolean {
		return this.#ajv !== undefined;
	}

	/** What is wrong with a request; undefined when nothing is. */
	problem(method: string, path: string, body: unknown): string | undefined {
		if (this.#ajv === undefined) return undefined;
		const known = this.#paths.find(({ pattern }) => pattern.test(path))?.path;
		const verb = method.toLowerCase();
		if (known === undefined || this.#methods[known]?.[verb] === undefined) return `${method} ${path} is not described`;
		const validate = this.#validator(known, verb);
		if (validate === undefined || validate(body)) return undefined;
		const first = (validate.errors ?? []).slice(0, 5).map(({ instancePath, message }) => `${instancePath} ${message}`);
		return `${method} ${path}: ${first.join('; ')}`;
	}

	#validator(path: string, verb: string): ValidateFunction | undefined {
		const key = `${verb} ${path}`;
		if (this.#compiled.has(key)) return this.#compiled.get(key);
		const operation = this.#methods[path]?.[verb] as { requestBody?: { content?: Record<string, unknown> } };
		const has = operation.requestBody?.content?.['application/json'] !== undefined;
		const pointer = ['paths', path, verb, 'requestBody', 'content', 'application/json', 'schema'];
		const ref = `discord#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
		const validate = has ? this.#ajv?.compile({ $ref: ref }) : undefined;
		this.#compiled.set(key, validate);
		return validate;
	}
}
