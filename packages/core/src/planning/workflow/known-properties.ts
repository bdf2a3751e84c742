import { isJsonObject, type Json } from '../../domain/json.ts';
import { isReference } from '../../domain/task/references.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { nearestName } from '../nearest-name.ts';
import { inputSchemaOf } from '../schema/json-schema.ts';
import { type Place, placesOf } from '../schema/schema-paths.ts';

/** propertiesOf are the names of the members that a schema describes. */
export function propertiesOf({ schema }: Place): string[] {
	return isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
}

/**
 * unknownKeys finds the keys of an input that its capability does not describe, with what is wrong with each. A schema that says it
 * takes others is believed; one that only does not say is not: what it does not know, it does nothing with.
 */
export function unknownKeys(
	capability: CapabilityDeclaration,
	input: Json,
): readonly { readonly key: string; readonly message: string }[] {
	if (!isJsonObject(input) || isReference(input)) return [];
	const places = placesOf(inputSchemaOf(capability.input));
	const known = [...new Set(places.flatMap(propertiesOf))];
	const takesOthers = ({ schema }: Place) =>
		!isJsonObject(schema['properties']) ||
		schema['patternProperties'] !== undefined ||
		(schema['additionalProperties'] !== undefined && schema['additionalProperties'] !== false);
	if (places.length === 0 || places.some(takesOthers)) return [];
	return Object.keys(input)
		.filter((key) => !known.includes(key))
		.map((key) => {
			const nearest = nearestName(key, known);
			const rest = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
			const meant = nearest === undefined ? rest : `did you mean \`${nearest}\`?`;
			const sentence = `\`${capability.name}\` knows no \`${key}\`; ${meant}`;
			return { key, message: sentence.endsWith('?') ? sentence : `${sentence}.` };
		});
}
