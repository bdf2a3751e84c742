import {
	type Artifact,
	type ConversationEntry,
	type DeadLetter,
	ErrandClient,
	type Fact,
	type Login,
	type Pairing,
	type Person,
	type Step,
	type Task,
	type TaskSummary,
} from '@errand/client/errand-client.ts';
import { ROUTES } from '@errand/gateway/http/route-table.ts';
import type { ConversationEntrySchema } from '@errand/gateway/http/schemas/conversation.ts';
import type { LoginSchema, PairingSchema, PersonSchema } from '@errand/gateway/http/schemas/person.ts';
import type {
	ArtifactSchema,
	DeadLetterSchema,
	FactSchema,
	TaskSchema,
	TaskSummarySchema,
} from '@errand/gateway/http/schemas/task.ts';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';

/** Every field by its name, in the parts of a union too. */
type Fields<T> = T extends unknown ? keyof T : never;

describe('the client package and the HTTP interface', () => {
	it('have the same types', () => {
		// Checked by the compiler: what the server documents fits the client's types, and has the same fields.
		expectTypeOf<z.output<typeof TaskSchema>>().toExtend<Task>();
		expectTypeOf<Fields<z.output<typeof TaskSchema>>>().toEqualTypeOf<Fields<Task>>();
		expectTypeOf<Fields<z.output<typeof TaskSchema>['plan']['steps'][number]>>().toEqualTypeOf<Fields<Step>>();
		expectTypeOf<z.output<typeof TaskSummarySchema>>().toExtend<TaskSummary>();
		expectTypeOf<Fields<z.output<typeof TaskSummarySchema>>>().toEqualTypeOf<Fields<TaskSummary>>();
		expectTypeOf<z.output<typeof FactSchema>>().toExtend<Fact>();
		expectTypeOf<Fields<z.output<typeof FactSchema>>>().toEqualTypeOf<Fields<Fact>>();
		expectTypeOf<z.output<typeof DeadLetterSchema>>().toExtend<DeadLetter>();
		expectTypeOf<Fields<z.output<typeof DeadLetterSchema>>>().toEqualTypeOf<Fields<DeadLetter>>();
		expectTypeOf<z.output<typeof ArtifactSchema>>().toExtend<Artifact>();
		expectTypeOf<z.output<typeof PersonSchema>>().toExtend<Person>();
		expectTypeOf<Fields<z.output<typeof PersonSchema>>>().toEqualTypeOf<Fields<Person>>();
		expectTypeOf<z.output<typeof LoginSchema>>().toExtend<Login>();
		expectTypeOf<Fields<z.output<typeof LoginSchema>>>().toEqualTypeOf<Fields<Login>>();
		expectTypeOf<z.output<typeof PairingSchema>>().toExtend<Pairing>();
		expectTypeOf<Fields<z.output<typeof PairingSchema>>>().toEqualTypeOf<Fields<Pairing>>();
		expectTypeOf<z.output<typeof ConversationEntrySchema>>().toExtend<ConversationEntry>();
		expectTypeOf<Fields<z.output<typeof ConversationEntrySchema>>>().toEqualTypeOf<Fields<ConversationEntry>>();
	});

	it('know the same calls: each method sends what its route takes', async () => {
		const sent: { method: string; path: string; query: URLSearchParams; body: unknown }[] = [];
		const client = new ErrandClient({
			url: 'http://errand.test/',
			token: 't',
			fetch: async (input, init) => {
				const url = new URL(String(input));
				const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
				sent.push({ method: init?.method ?? '', path: url.pathname, query: url.searchParams, body });
				return new Response('{"tasks":[]}');
			},
		});
		const step = { id: 's', title: 'S', capability: 'text.count', input: {}, dependsOn: [], essential: true };
		const attachments = [{ url: 'https://a.example' }, { name: 'a.txt', content: 'ä' }];
		await client.submit({ goal: 'g', attachments, plan: [step], approve: true, budget: { maxRuns: 3 }, deadline: 5 });
		await client.task('t');
		for await (const _ of client.tasks());
		for await (const _ of client.conversations());
		await client.facts('t', { after: 2 });
		await client.answer('t', 'q1', 'yes');
		await client.approve('t', 'q1');
		await client.cancel('t');
		await client.retry('t');
		await client.skipStep('t', 's');
		await client.retryStep('t', 's');
		await client.editPlan('t', 1, [
			{ op: 'remove', step: { id: 's' } },
			{ op: 'add', step },
		]);
		await client.audit('t');
		await client.say('web-ann', 'hello', { attachments });
		await client.messages('web-ann');
		await client.artifact('f');
		await client.deadLetters();
		await client.deadLetter('t.s');
		await client.replayDeadLetter('t.s');
		await client.dropDeadLetter('t.s');
		await client.runWorkflow('llm-request', { request_id: 'r' }, { wait: 5, approve: true, conversation: 'web-ann' });
		await client.people.list();
		await client.people.me();
		await client.people.setPreferences({ notify: { answers: null }, quiet: null, timeZone: 'Europe/Berlin' });
		await client.people.linkCode();
		await client.people.unlink('me', 'telegram:1');
		await client.people.issueToken('laptop');
		await client.people.revokeToken('k1');
		await client.people.logins();
		await client.people.endLogin('l1');
		await client.people.endLogins();
		await client.people.pairings();
		await client.people.pair('ABC');
		await client.people.refuse('ABC');
		await client.people.setRole('ann', 'guest');
		await client.people.forget('ann');
		expect(sent.length).toBeGreaterThan(15);
		for (const { method, path, query, body } of sent) {
			const route = ROUTES.find(
				(one) =>
					one.method === method.toLowerCase() && new RegExp(`^${one.path.replace(/:\w+/g, '[^/]+')}$`).test(path),
			);
			expect(route, `${method} ${path}`).toBeDefined();
			expect(route?.body?.safeParse(body).error, `${method} ${path}`).toBeUndefined();
			expect(route?.query?.safeParse(Object.fromEntries(query)).error, `${method} ${path}`).toBeUndefined();
			expect(body === undefined || route?.body !== undefined, `${method} ${path}`).toBe(true);
		}
	});
});
