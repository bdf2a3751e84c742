import type { BacklogTool } from '@errand/core/domain/backlog/tools/tool.ts';
import type { Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** ToolSpec is a tool as it is described in one table for all who use it. */
export type ToolSpec = Omit<BacklogTool, 'kind'>;

/** toolListing describes a tool to clients; what it answers stands under `data`. */
export function toolListing(name: string, spec: ToolSpec, { openWorld }: { readonly openWorld: boolean }): Tool {
	const { title, description, annotations } = spec;
	return {
		...{ name, title, description },
		inputSchema: { ...jsonSchema(withOptionalRoot(spec.input)), type: 'object' },
		outputSchema: { type: 'object', properties: { data: jsonSchema(spec.output) }, required: ['data'] },
		annotations: {
			title,
			readOnlyHint: annotations.readOnly,
			destructiveHint: annotations.destructive,
			idempotentHint: annotations.idempotent,
			openWorldHint: openWorld,
		},
	};
}

/** isRepeatable says whether a second call of a tool with the same arguments does no more than the first. */
export function isRepeatable({ annotations }: Pick<Tool, 'annotations'>): boolean {
	return annotations?.readOnlyHint === true || annotations?.idempotentHint === true;
}

function withOptionalRoot(input: z.ZodObject): z.ZodObject {
	if (input.shape['projectRoot'] === undefined) return input;
	return input.extend({
		projectRoot: z
			.string()
			.optional()
			.describe('The project: the absolute path of its folder, or its backlog’s id; your open folder if left out.'),
	});
}

// As a form of input: there an object may hold more than is described, so a newer server's answer passes an older client.
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
	const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
	return rest;
}
