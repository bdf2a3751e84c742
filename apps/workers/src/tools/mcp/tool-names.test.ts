import { CAPABILITY_NAME } from '@errand/core/planning/declaration-problem.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { capabilityNames } from './tool-names.ts';

it('gives names that anyone can read, numbered where they come out alike', () => {
	const names = capabilityNames('GitHub', ['createIssue', 'create_issue', 'create issue', 'create-issue', '???', '']);
	expect(Object.fromEntries(names)).toEqual({
		'': 'mcp.git-hub.tool',
		'???': 'mcp.git-hub.tool-2',
		'create issue': 'mcp.git-hub.create-issue',
		'create-issue': 'mcp.git-hub.create-issue-2',
		createIssue: 'mcp.git-hub.create-issue-3',
		create_issue: 'mcp.git-hub.create_issue',
	});
});

it('gives every tool one name that can be offered, whatever it is called and in whatever order', () => {
	const tools = fc.uniqueArray(fc.string({ maxLength: 80 }), { maxLength: 20 });
	fc.assert(
		fc.property(fc.string({ maxLength: 40 }), tools, (server, list) => {
			const names = capabilityNames(server, list);
			expect(new Set(names.values()).size).toBe(list.length);
			for (const name of names.values()) {
				expect(name).toMatch(CAPABILITY_NAME);
				expect(name.length).toBeLessThanOrEqual(100);
			}
			expect(capabilityNames(server, list.toReversed())).toEqual(names);
		}),
		{ numRuns: 15 },
	);
});
