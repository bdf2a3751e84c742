import { isJsonObject } from '../../domain/json.ts';
import { isOpen, itemsOf, type Place, placesAt, typesOf } from './schema-paths.ts';

const MAX_DEPTH = 4;

/**
 * misfitOf says why no value of one kind can stand where another is wanted; undefined where one may. It is sure of what it
 * says: whatever a schema leaves open is believed.
 */
export function misfitOf(given: readonly Place[], wanted: readonly Place[], depth = 0): string | undefined {
	if (depth > MAX_DEPTH || given.length === 0 || wanted.length === 0) return undefined;
	let reason: string | undefined;
	for (const one of given) {
		for (const other of wanted) {
			const misfit = pairMisfit(one, other, depth);
			if (misfit === undefined) return undefined;
			reason ??= misfit;
		}
	}
	return reason;
}

function pairMisfit(given: Place, wanted: Place, depth: number): string | undefined {
	if (isOpen(given) || isOpen(wanted)) return undefined;
	const common = typesOf(given).filter((type) => typesOf(wanted).includes(type));
	if (common.length === 0) return `it is ${nameOf(given)} where ${nameOf(wanted)} is wanted`;
	if (common.length > 1) return undefined;
	if (common[0] === 'array') return misfitOf(itemsOf([given]), itemsOf([wanted]), depth + 1);
	return common[0] === 'object' ? memberMisfit(given, wanted, depth) : undefined;
}

function memberMisfit(given: Place, wanted: Place, depth: number): string | undefined {
	const { required } = wanted.schema;
	for (const key of Array.isArray(required) ? required : []) {
		if (typeof key !== 'string') continue;
		const found = placesAt([given], [key]);
		if (found.length === 0) return `it has no "${key}", which is wanted there`;
		const misfit = misfitOf(found, placesAt([wanted], [key]), depth + 1);
		if (misfit !== undefined) return `of its "${key}", ${misfit}`;
	}
	return undefined;
}

function nameOf(place: Place): string {
	const types = typesOf(place).filter((type) => type !== 'null');
	const words = (types.length === 0 ? ['null'] : types).map((type) => NAMES[type] ?? type);
	const { properties } = place.schema;
	const keys = types[0] === 'object' && isJsonObject(properties) ? Object.keys(properties).slice(0, 4) : [];
	return `${words.join(' or ')}${keys.length === 0 ? '' : ` with ${keys.join(', ')}`}`;
}

const NAMES: Readonly<Record<string, string>> = {
	array: 'a list',
	object: 'an object',
	string: 'text',
	number: 'a number',
	boolean: 'true or false',
};
