import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Field {
	readonly name: string;
	readonly types: readonly string[];
	readonly required: boolean;
}

interface Described {
	readonly fields?: readonly Field[];
	readonly subtypes?: readonly string[];
}

interface Description {
	readonly methods: Readonly<Record<string, Described>>;
	readonly types: Readonly<Record<string, Described>>;
}

/** ApiDescription checks calls against Telegram's own description of its Bot API. */
export class ApiDescription {
	readonly #description: Description;

	private constructor(description: Description) {
		this.#description = description;
	}

	/** Undefined where ERRAND_SPECS_DIR does not hold `telegram-api.json`. */
	static find(folder = process.env['ERRAND_SPECS_DIR']): ApiDescription | undefined {
		const file = folder === undefined ? '' : join(folder, 'telegram-api.json');
		if (file === '' || !existsSync(file)) return undefined;
		return new ApiDescription(JSON.parse(readFileSync(file, 'utf8')) as Description);
	}

	/** What is wrong with a call, in words; nothing if it is as described. */
	violations(method: string, parameters: Readonly<Record<string, unknown>>): string[] {
		const described = this.#description.methods[method];
		if (described === undefined) return [`there is no method ${method}`];
		return this.#inObject(method, described.fields ?? [], parameters);
	}

	#inObject(place: string, fields: readonly Field[], value: Readonly<Record<string, unknown>>): string[] {
		const missing = fields.filter(({ name, required }) => required && value[name] === undefined);
		const unknown = Object.keys(value).filter((name) => !fields.some((field) => field.name === name));
		return [
			...missing.map(({ name }) => `${place}: ${name} is missing`),
			...unknown.map((name) => `${place}: ${name} is not known`),
			...fields.flatMap(({ name, types }) => {
				const given = value[name];
				return given === undefined ? [] : this.#against(`${place}.${name}`, types, given);
			}),
		];
	}

	#against(place: string, types: readonly string[], value: unknown): string[] {
		const tries = types.map((type) => this.#againstOne(place, type, value));
		return tries.some((wrong) => wrong.length === 0) ? [] : (tries.toSorted((a, b) => a.length - b.length)[0] ?? []);
	}

	#againstOne(place: string, type: string, value: unknown): string[] {
		const wrong = [`${place}: expected ${type}, got ${JSON.stringify(value)?.slice(0, 60)}`];
		if (type.startsWith('Array of ')) {
			if (!Array.isArray(value)) return wrong;
			const of = type.slice('Array of '.length);
			return value.flatMap((item, index) => this.#againstOne(`${place}[${index}]`, of, item));
		}
		switch (type) {
			case 'Integer':
				return Number.isSafeInteger(value) ? [] : wrong;
			case 'Float':
				return typeof value === 'number' ? [] : wrong;
			case 'String':
				return typeof value === 'string' ? [] : wrong;
			case 'Boolean':
				return typeof value === 'boolean' ? [] : wrong;
			case 'True':
				return value === true ? [] : wrong;
			case 'InputFile':
				return typeof value === 'object' && value !== null && 'content' in value ? [] : wrong;
		}
		const described = this.#description.types[type];
		if (described === undefined || typeof value !== 'object' || value === null) return wrong;
		if (described.subtypes && described.subtypes.length > 0) return this.#against(place, described.subtypes, value);
		return this.#inObject(place, described.fields ?? [], value as Record<string, unknown>);
	}
}
