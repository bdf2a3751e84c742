import type { WorkflowDefinition } from '@errand/core/domain/workflow/definition.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newWorkflow } from '../../fold/workflow/new-workflow.ts';
import { createDesigner, type Designer } from './designer.ts';

/** A server whose texts are JSON, that finds a problem in any name with `bad` in it. */
const server = {
	merge: vi.fn(async (_text: string, definition: object) => JSON.stringify(definition)),
	check: vi.fn(async (text: string) => {
		try {
			const definition = JSON.parse(text) as WorkflowDefinition;
			const problems = definition.name.includes('bad') ? [{ message: 'A bad name.', path: 'name' }] : [];
			return problems.length > 0
				? ({ ok: false, problems, definition } as const)
				: ({ ok: true, definition, steps: [] } as const);
		} catch {
			return { ok: false, problems: [{ message: 'Cannot be read.' }] } as const;
		}
	}),
	save: vi.fn(async (name: string) => ({ name, version: 4 })),
	runText: vi.fn(async () => ({ id: 't1', places: {} })),
};
const VALUE = { kind: 'flow', name: 'let', words: '', summary: '' } as const;

let designer: Designer | undefined;
afterEach(() => {
	designer?.stop();
	vi.clearAllMocks();
});
function begin(): Designer {
	designer = createDesigner(server, { draft: newWorkflow(), text: '', version: undefined }, { settleMs: 5 });
	return designer;
}
const settled = (one: Designer) => expect.poll(() => one.busy.value, { interval: 2 }).toBe(false);

describe('a workflow that is worked on', () => {
	it('writes edits of the graph into the text, the latest only', async () => {
		const one = begin();
		one.add(VALUE);
		one.add(VALUE);
		await settled(one);
		expect(server.merge).toHaveBeenCalledTimes(1);
		expect(JSON.parse(one.text.value).steps).toHaveLength(2);
		expect(one.chosen.value).toBe(1);
	});

	it('draws what is written, and keeps the graph while it cannot be read', async () => {
		const one = begin();
		one.add(VALUE);
		await settled(one);
		one.write('{');
		await settled(one);
		expect([one.unreadable.value, one.graph.value.layout.nodes.length]).toEqual([true, 1]);
		one.write('{"name":"bad","steps":[{"let":1},{"let":2},{"let":3}]}');
		await settled(one);
		expect([one.unreadable.value, one.graph.value.layout.nodes.length]).toEqual([false, 3]);
		expect(one.problems.value).toEqual([{ message: 'A bad name.', path: 'name' }]);
		one.undo();
		one.undo();
		await settled(one);
		expect([one.unreadable.value, one.graph.value.layout.nodes.length]).toEqual([false, 1]);
	});

	it('takes back what was not written yet, and writes what is shown then', async () => {
		const one = begin();
		one.add(VALUE);
		one.add(VALUE);
		one.undo();
		await settled(one);
		expect(JSON.parse(one.text.value).steps).toHaveLength(1);
		one.redo();
		await settled(one);
		expect(JSON.parse(one.text.value).steps).toHaveLength(2);
	});

	it('saves and tries the text that says what is shown, although it is still being written', async () => {
		const one = begin();
		one.add(VALUE);
		expect(await one.save()).toEqual({ name: 'my-workflow', version: 4 });
		expect(server.save).toHaveBeenCalledWith('my-workflow', one.text.value, undefined);
		expect([one.changed.value, one.baseVersion.value]).toEqual([false, 4]);
		one.set(['title'], 'Another');
		await one.tryOut({});
		expect(server.runText).toHaveBeenCalledWith(expect.stringContaining('Another'), {});
	});

	it('saves nothing when it could not be written', async () => {
		const one = begin();
		server.merge.mockRejectedValueOnce(new TypeError('fetch failed'));
		one.add(VALUE);
		await expect(one.save()).rejects.toThrow('cannot be reached');
		expect(server.save).not.toHaveBeenCalled();
	});

	it('keeps the last step of a list inside another', async () => {
		const one = begin();
		one.add({ kind: 'flow', name: 'each', words: '', summary: '' });
		one.open(['steps', 0, 'steps'], 0);
		one.remove(0);
		expect(one.graph.value.layout.nodes).toHaveLength(1);
		one.undo();
		expect(one.list.value).toEqual(['steps']);
	});
});
