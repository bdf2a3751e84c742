import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ProjectFiles } from '@errand/core/adapters/files/project-files.ts';
import { asConversationId } from '@errand/core/domain/ids.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import type { CallOptions } from '@errand/core/orchestrator/desks/backlog.ts';
import type { IPlanner } from '@errand/core/ports/planner.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { openPeople } from '@errand/core/testing/open-people.ts';
import { catalogue } from '@errand/workers/catalogue.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { ANN, type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

const catalogueUrl = import.meta.resolve('@errand/workers/catalogue.ts');

const DOCUMENT = `# Shop

## Basket

- A customer must be able to put articles into a basket.
- It must show the sum.

## Checkout

Depends on: Basket

- The customer must be able to pay.
`;

let root: string;
let errand: InProcessErrand;
beforeEach(async () => {
	root = await realpath(await mkdtemp(join(tmpdir(), 'errand-shop-')));
	const { desk: people } = openPeople({ clock: new FakeClock(), owners: [], forgetEverything: async () => 0 });
	people.view = async (id) => ({ id, role: 'owner', identities: [], tokens: [], preferences: { notify: {} } });
	const carry = inline('test.carry', async () => ({ text: 'Carried out.' }), { input: z.any(), output: z.any() });
	const planner: IPlanner = {
		plan: async () => ({
			kind: 'plan',
			by: 'rules:test',
			method: 'rules',
			steps: PlanStepsSchema.parse([{ id: 'carry', title: 'Carry it out', capability: 'test.carry', input: {} }]),
		}),
	};
	errand = await startInProcess({ catalogue: [...catalogue, carry], catalogueUrl, planner, people });
});
afterEach(async () => {
	await errand.stop();
	await rm(root, { recursive: true, force: true });
});

const call = (tool: string, args: JsonObject = {}, options?: CallOptions) =>
	errand.orchestrator.backlogs.desk.call(ANN, { tool, args: { projectRoot: root, ...args } }, options);

async function filed(): Promise<readonly JsonObject[]> {
	const file = JSON.parse(await readFile(join(root, '.taskmaster/tasks/tasks.json'), 'utf8'));
	return file.master.tasks;
}

it('a document becomes items, which are split, carried out, watched and talked about', async () => {
	await new ProjectFiles().write(root, '.taskmaster/docs/prd.md', DOCUMENT);
	const progress: unknown[] = [];
	const parsed = await call('parse_prd', {}, { waitMs: 60_000, onProgress: (one) => progress.push(one) });
	expect(parsed).toMatchObject({ method: 'rules' });
	const items = await filed();
	expect(items.map(({ title }) => title).join()).toContain('Basket');
	expect(items.length).toBeGreaterThan(1);
	expect(progress.length).toBeGreaterThan(0);

	const begun = await call('expand_all', { async: true });
	expect(begun).toMatchObject({ status: 'in_progress' });
	const operationId = String(begun['operationId']);
	for (;;) {
		const { status } = await errand.orchestrator.backlogs.desk.operation(ANN, operationId);
		if (status !== 'in_progress') break;
		await wait(20);
	}
	expect(await call('operation_status', { operationId })).toMatchObject({ status: 'completed', progress: 100 });

	const { nextTask } = await call('next_task');
	const [id = ''] = String((nextTask as JsonObject)['id']).split('.');
	await call('watch_task', { id }, { conversation: asConversationId('web-ann') });
	await errand.say(`/run ${id}`);
	await errand.heard(({ text }) => text.includes(`Errand carries out ${id}`));
	await errand.heard(
		({ text, kind }) => kind === 'notice' && text.includes(`Task ${id}`) && text.includes('is now done'),
	);
	expect((await filed()).find((item) => String(item['id']) === id)).toMatchObject({ status: 'done' });

	await errand.say('/next');
	await errand.heard(({ text }) => text.includes('has it carried out'));
	await errand.say('/backlog');
	await errand.heard(({ text }) => text.includes(`of ${items.length} done`));
}, 60_000);
