import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
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
import { Document, HeadingLevel, Packer, Paragraph } from 'docx';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { PdfWriter } from '../fixtures/policies/pdf-page.ts';
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

it('reads documents of Word and PDF files, whatever they are called, and says what it cannot read', async () => {
	const heading = (text: string) => new Paragraph({ text, heading: HeadingLevel.HEADING_2 });
	const word = new Document({
		sections: [
			{
				children: [
					heading('Receipts'),
					new Paragraph('The till must print a receipt for each sale, with the tax.'),
					heading('Drawer'),
					new Paragraph('The drawer must open when a sale is paid in cash.'),
				],
			},
		],
	});
	const pdf = await PdfWriter.create('Kiosk', 'Kiosk');
	pdf.heading('Basket', 18);
	pdf.paragraph('A customer must be able to put articles into a basket, and to take them out of it again at any time.');
	pdf.heading('Checkout', 18);
	pdf.paragraph('The customer must be able to pay by card. A payment that fails must leave the basket as it was.');
	await writeFile(join(root, 'prd.docx'), await Packer.toBuffer(word));
	await writeFile(join(root, 'kiosk'), await pdf.save());
	const waiting = { waitMs: 60_000 };
	expect(await call('parse_prd', { input: 'prd.docx' }, waiting)).toMatchObject({ method: 'rules', tasksAdded: 2 });
	await call('parse_prd', { input: join(root, 'kiosk'), append: true }, waiting);
	const titles = (await filed()).map(({ title }) => title);
	expect(titles).toEqual(expect.arrayContaining(['Receipts', 'Drawer', 'Basket', 'Checkout']));
	expect(await call('get_task', { id: '1' })).toMatchObject({ description: expect.stringContaining('with the tax.') });

	await writeFile(join(root, 'image.png'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0));
	await expect(call('parse_prd', { input: 'image.png', append: true })).rejects.toThrow('"image.png" is no text.');
	await writeFile(join(root, 'broken.docx'), Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9, 9, 9));
	await expect(call('parse_prd', { input: 'broken.docx', append: true }, waiting)).rejects.toThrow(
		'the file may be cut off',
	);
}, 60_000);
