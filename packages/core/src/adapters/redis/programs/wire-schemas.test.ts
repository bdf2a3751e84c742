import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DeclarationSchema } from '../../../planning/declared-capability.ts';
import { ProgramAboutSchema, ProgramCallSchema, ProgramWordSchema } from './program-messages.ts';

const WIRE = resolve(import.meta.dirname, '../../../../../../docs/wire');

/** What programs of others are promised. */
const SCHEMAS = {
	capability: DeclarationSchema,
	'program-about': ProgramAboutSchema,
	'program-call': ProgramCallSchema,
	'program-word': ProgramWordSchema,
};

describe('the contract with programs in other languages', () => {
	it.each(Object.entries(SCHEMAS))('is published as it is: %s', (name, schema) => {
		const published = JSON.parse(readFileSync(`${WIRE}/${name}.schema.json`, 'utf8'));
		expect(published).toEqual(
			JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))),
		);
	});
});
