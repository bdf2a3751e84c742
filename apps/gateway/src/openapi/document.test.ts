import type { ErrorCode } from '@errand/core/domain/errors.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { ERROR_STATUS } from '../http/error-status.ts';
import { ROUTES } from '../http/route-table.ts';
import { openApiDocument } from './document.ts';

const document = openApiDocument(ROUTES) as unknown as {
	paths: Record<
		string,
		Record<string, { operationId: string; responses: Record<string, JsonObject>; parameters?: JsonObject[] }>
	>;
	components: { schemas: Record<string, JsonObject> };
};

describe('the OpenAPI document', () => {
	it('is valid OpenAPI 3.1', async () => {
		const validator = new Validator();
		expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
		expect(validator.version).toBe('3.1');
	});

	it('describes every route of the table and nothing else', () => {
		const described = Object.entries(document.paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method} ${path}`),
		);
		const served = ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
		expect(described.sort()).toEqual(served.sort());
		expect(new Set(ROUTES.map((route) => route.operationId)).size).toBe(ROUTES.length);
	});

	it('names every parameter of a path', () => {
		for (const [path, methods] of Object.entries(document.paths)) {
			const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
			for (const { parameters = [] } of Object.values(methods)) {
				expect(
					parameters.filter((parameter) => parameter['in'] === 'path').map((parameter) => parameter['name']),
				).toEqual(names);
			}
		}
	});

	it('refers only to schemas it holds', () => {
		const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
		expect(references.length).toBeGreaterThan(20);
		for (const reference of references) {
			expect(reference).toMatch(/^#\/components\/schemas\//);
			expect(document.components.schemas).toHaveProperty([reference.split('/').at(-1) ?? '']);
		}
	});

	it('describes what the submit call parses', () => {
		const body = document.components.schemas['SubmitTaskBody'];
		expect(body).toMatchObject({
			additionalProperties: false,
			properties: { goal: { maxLength: 100_000 } },
		});
	});

	it('says under which status each refusal comes', () => {
		const responses = document.paths['/v1/tasks/{id}/plan']?.['patch']?.responses ?? {};
		for (const code of ['version-conflict', 'unknown-task', 'unauthorized', 'invalid-plan'] satisfies ErrorCode[]) {
			expect(responses[ERROR_STATUS[code].status]?.['description']).toContain(code);
		}
	});
});
