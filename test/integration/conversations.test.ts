import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import { asConversationId } from '@errand/core/domain/ids.ts';
import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';
import type { IPlanner } from '@errand/core/ports/planner.ts';
import { humanAsk } from '@errand/workers/capabilities/human-ask.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ChatErrand, type RecordingFrontend, startChatErrand } from '../harness/chat-errand.ts';
import { inline } from '../harness/in-process-errand.ts';

/** Steps that wait until the test lets them go on. */
let gates: { readonly words: string; open(): void }[] = [];
const slow = inline(
	'test.slow',
	(input, context) =>
		new Promise((resolve, reject) => {
			const words = (input as { words: string }).words;
			gates.push({ words, open: () => resolve({ text: `Done: ${words}` }) });
			context.signal.addEventListener('abort', () => reject(context.signal.reason));
		}),
	{ input: z.object({ words: z.string() }), output: z.object({ text: z.string() }), timeoutMs: 3_600_000 },
);

/** Small talk is answered, `colour` asks, everything else is one slow step. */
const planner: IPlanner = {
	plan: async ({ goal }) => {
		if (goal === 'hello') return { kind: 'answer', by: 'rules:test', method: 'rules', text: 'Hello!' };
		const ask = (question: object) => ({ capability: 'human.ask', input: { questions: [question] } });
		const step =
			goal === 'colour'
				? ask({ kind: 'choice', text: 'Which colour?', choices: ['Red', 'Blue'] })
				: goal === 'story'
					? ask({ kind: 'text', text: 'What about?' })
					: { capability: 'test.slow', input: { words: goal } };
		const steps = PlanStepsSchema.parse([{ id: 'only', title: 'The only step', ...step }]);
		return { kind: 'plan', by: 'rules:test', method: 'rules', note: 'On it', steps };
	},
};

let errand: ChatErrand;
beforeEach(async () => {
	gates = [];
	errand = await startChatErrand([slow, humanAsk], planner);
});
afterEach(() => errand.stop());

const texts = (frontend: RecordingFrontend) => frontend.sent.map(({ text }) => text);
const heard = (frontend: RecordingFrontend, part: string) =>
	errand.until(() => frontend.sent.find(({ text }) => text.includes(part)));
const settled = () => errand.settled();
const gate = (words: string) => errand.until(() => gates.find((one) => one.words.includes(words)));

describe('progress', () => {
	it('is silent for a task that is quick, and one message kept up to date for one that is not', async () => {
		await errand.say(errand.telegram, 'hello');
		await heard(errand.telegram, 'Hello!');
		await errand.say(errand.telegram, 'walk the dog');
		await gate('walk');
		expect(texts(errand.telegram)).toEqual(['Hello!']);
		await errand.clock.advance(1_500);
		await heard(errand.telegram, 'On it (1 step).');
		await errand.clock.advance(2_000);
		await errand.until(() => errand.telegram.revised.length > 0);
		expect(errand.telegram.revised[0]?.reply.text).toContain('▸ The only step');
		(await gate('walk')).open();
		await heard(errand.telegram, 'Done: walk the dog');
		await errand.until(() => errand.telegram.revised.at(-1)?.reply.text.startsWith('✓'));
		expect(errand.telegram.sent).toHaveLength(3);
	});

	it('goes on in the same message after a restart', async () => {
		await errand.say(errand.telegram, 'walk the dog');
		await gate('walk');
		await errand.clock.advance(1_500);
		await heard(errand.telegram, 'On it');
		gates = [];
		await errand.restart();
		const walk = await gate('walk');
		const before = errand.telegram.revised.length;
		await errand.clock.advance(2_000);
		await errand.until(() => errand.telegram.revised.slice(before).some(({ reply }) => reply.text.includes('▸')));
		walk.open();
		await heard(errand.telegram, 'Done: walk the dog');
		await errand.until(() => errand.telegram.revised.at(-1)?.reply.text === '✓ On it (1 step).');
		expect(errand.telegram.revised.at(-1)?.receipt.platformMessageIds).toEqual(['telegram-1']);
		expect(texts(errand.telegram)).toEqual(['On it (1 step).', 'Done: walk the dog']);
	});

	it('says how it ended even when an edit before that is slow to land', async () => {
		await errand.say(errand.telegram, 'walk the dog');
		await gate('walk');
		await errand.clock.advance(1_500);
		await heard(errand.telegram, 'On it');
		const landed: string[] = [];
		let land = () => {};
		const slowly = new Promise<void>((resolve) => {
			land = resolve;
		});
		errand.telegram.revise = async (_receipt, { text }) => {
			if (!text.startsWith('✓')) await slowly;
			landed.push(text);
		};
		await errand.clock.advance(2_000);
		(await gate('walk')).open();
		await heard(errand.telegram, 'Done: walk the dog');
		await settled();
		land();
		await errand.until(() => landed.length === 2);
		expect(landed[1]).toBe('✓ On it (1 step).');
	});

	it('names the task by its number where nothing can be edited', async () => {
		await errand.say(errand.sms, 'walk the dog');
		await gate('walk');
		await errand.clock.advance(5_000);
		await heard(errand.sms, 'Task 1: On it (1 step).');
	});
});

describe('words to a running task', () => {
	beforeEach(async () => {
		await errand.say(errand.discord, 'walk the dog');
		await gate('walk');
	});

	it('stop it', async () => {
		await errand.say(errand.discord, 'Stop it!');
		await heard(errand.discord, 'Stopped.');
	});

	it('change it: it starts over with what was added, and only the changed one answers', async () => {
		await errand.say(errand.discord, 'also feed the cat');
		await heard(errand.discord, 'Changed.');
		(await gate('feed the cat')).open();
		await heard(errand.discord, 'Done: walk the dog\n\nalso feed the cat');
		expect(texts(errand.discord).filter((text) => text.startsWith('Stopped'))).toEqual([]);
	});

	it('change it for everybody who follows it', async () => {
		await errand.say(errand.telegram, '/follow 1');
		await heard(errand.telegram, 'I will tell you here about task 1.');
		await errand.say(errand.discord, 'also feed the cat');
		(await gate('feed the cat')).open();
		await heard(errand.telegram, 'Done: walk the dog\n\nalso feed the cat');
	});

	it('that may be a change or a task are asked about, and are what the person says', async () => {
		await errand.say(errand.discord, 'the cat');
		const question = await heard(errand.discord, 'Does that change the running task');
		expect(question.question?.choices).toEqual(['Change the running task', 'New task']);
		await errand.say(errand.discord, 'Change the running task', { replyTo: question.id });
		(await gate('walk the dog\n\nthe cat')).open();
		await heard(errand.discord, 'Done: walk the dog\n\nthe cat');
		await errand.until(() => errand.discord.revised.some(({ reply }) => reply.text.includes('✓ Changed')));
	});

	it('that nobody explains become a task after a while, or with the next message', async () => {
		await errand.say(errand.discord, 'the cat');
		await heard(errand.discord, 'Does that change');
		await errand.clock.advance(10 * 60_000);
		(await gate('the cat')).open();
		await heard(errand.discord, 'Done: the cat');
		await errand.say(errand.discord, 'the bird');
		await errand.until(() => errand.discord.sent.filter(({ text }) => text.startsWith('Does that')).length === 2);
		await errand.say(errand.discord, 'write a long letter to my landlord about the heating');
		await gate('the bird');
		await gate('write a long letter');
	});

	it('survive a restart while they are held', async () => {
		await errand.say(errand.discord, 'the cat');
		await heard(errand.discord, 'Does that change');
		await errand.restart();
		await errand.say(errand.discord, '2');
		await gate('the cat');
	});
});

describe('one person on many frontends', () => {
	it('follows a task anywhere by its number, and is told there as well', async () => {
		await errand.say(errand.sms, 'walk the dog');
		await gate('walk');
		await errand.say(errand.telegram, '/follow 1');
		await heard(errand.telegram, 'I will tell you here about task 1.');
		(await gate('walk')).open();
		await heard(errand.sms, 'Done: walk the dog');
		await heard(errand.telegram, 'Done: walk the dog');
	});

	it('is asked where they want to be asked, and the first answer wins everywhere', async () => {
		await errand.say(errand.sms, '/notify questions telegram');
		await errand.until(() => errand.sms.sent.length > 0);
		await errand.say(errand.sms, 'colour');
		const question = await heard(errand.telegram, 'Which colour?');
		await heard(errand.sms, 'Which colour?');
		await errand.say(errand.telegram, 'Blue', { replyTo: question.id });
		await errand.until(() => errand.telegram.revised.at(-1)?.reply.text.includes('✓ Answered: Blue'));
		expect(errand.telegram.revised.at(-1)?.reply.question).toBeUndefined();
		await errand.say(errand.sms, '/tasks');
		await heard(errand.sms, '– done');
		await errand.say(errand.sms, '1');
		await gate('1');
	});

	it('is not left with a question where they no longer want to be asked', async () => {
		await errand.say(errand.sms, '/notify questions telegram');
		await errand.until(() => errand.sms.sent.length > 0);
		await errand.say(errand.sms, 'colour');
		await heard(errand.telegram, 'Which colour?');
		await errand.say(errand.sms, '/notify off');
		await errand.until(() => errand.sms.sent.length > 2);
		await errand.say(errand.sms, '2');
		await errand.until(() => errand.telegram.revised.at(-1)?.reply.text.includes('✓ Answered: Blue'));
	});

	it('is not told, nor waited for, where they stopped following', async () => {
		await errand.say(errand.sms, 'colour');
		await heard(errand.sms, 'Which colour?');
		await errand.say(errand.telegram, '/follow 1');
		await heard(errand.telegram, 'Which colour?');
		await errand.say(errand.telegram, '/unfollow 1');
		await errand.until(() => errand.telegram.revised.at(-1)?.reply.text.includes('✓ Not asked here any more.'));
		await errand.say(errand.sms, '/unfollow 1');
		await heard(errand.sms, 'Task 1 was given here, so it is told here.');
	});

	it('can answer again after an answer that was refused', async () => {
		await errand.say(errand.telegram, 'story');
		await heard(errand.telegram, 'What about?');
		await errand.say(errand.telegram, 'once '.repeat(5_000));
		await heard(errand.telegram, '20000');
		await errand.say(errand.telegram, 'A dog');
		await errand.until(() => errand.telegram.revised.at(-1)?.reply.text.includes('✓ Answered: A dog'));
	});

	it('begins something new right after stopping what had asked for words', async () => {
		await errand.say(errand.telegram, 'story');
		await heard(errand.telegram, 'What about?');
		await errand.say(errand.telegram, '/cancel');
		await errand.say(errand.telegram, 'walk the dog');
		(await gate('walk')).open();
		await heard(errand.telegram, 'Done: walk the dog');
	});

	it('answers a question asked elsewhere with a bare answer', async () => {
		await errand.say(errand.discord, 'colour');
		await heard(errand.discord, 'Which colour?');
		await errand.say(errand.sms, '2');
		await errand.until(() => errand.discord.revised.at(-1)?.reply.text.includes('✓ Answered: Blue'));
	});

	it('has open questions asked again where they are now', async () => {
		await errand.say(errand.discord, 'colour');
		await heard(errand.discord, 'Which colour?');
		await errand.say(errand.telegram, '/questions');
		const asked = await errand.until(() => errand.telegram.sent.find(({ question }) => question !== undefined));
		await errand.say(errand.telegram, 'Red', { replyTo: asked.id });
		await errand.until(() => errand.discord.revised.at(-1)?.reply.text.includes('✓ Answered: Red'));
	});
});

describe('delivery', () => {
	const gone = new DeliveryFailure({ kind: 'permanent', code: 'blocked', message: 'The bot was blocked.' });
	const busy = new DeliveryFailure({ kind: 'retryable', code: 'busy', message: 'Too many requests.' });

	it('waits while a platform is down, says that it comes late, and loses nothing', async () => {
		await errand.say(errand.telegram, 'walk the dog');
		errand.down.add('telegram');
		(await gate('walk')).open();
		await settled();
		await errand.clock.advance(30 * 60_000);
		expect(errand.telegram.sent).toEqual([]);
		errand.down.delete('telegram');
		await errand.clock.advance(30_000);
		await heard(errand.telegram, ' minutes late: I could not reach you before.)_\n\nDone: walk the dog');
	});

	it('goes on at once when its platform is back, however long the next attempt is away', async () => {
		await errand.say(errand.telegram, 'walk the dog');
		errand.telegram.fail = busy;
		(await gate('walk')).open();
		await settled();
		for (const waitMs of [2_000, 12_000, 36_000, 10_000]) await errand.clock.advance(waitMs);
		await settled();
		errand.telegram.fail = undefined;
		await settled();
		expect(errand.telegram.sent).toEqual([]);
		errand.orchestrator.frontendIsBack('telegram');
		await heard(errand.telegram, 'Done: walk the dog');
	});

	it('that will never arrive is told on another frontend, and shown as undelivered', async () => {
		const other = { identity: 'telegram:7', conversation: asConversationId('telegram-7') };
		await expect(errand.say(errand.telegram, 'hi', other)).rejects.toMatchObject({ code: 'unpaired' });
		const [pairing] = await errand.people.pairings({ person: 'owner' as never, role: 'owner' });
		const person = await errand.people.pair({ person: 'owner' as never, role: 'owner' }, pairing?.code ?? '', 'member');
		const { code } = await errand.people.issueLinkCode({ person: person.id, role: 'member' });
		const there = { identity: 'discord:7', conversation: asConversationId('discord-dm-7') };
		await errand.say(errand.discord, `/link ${code}`, there);
		await errand.until(() => errand.discord.sent.length > 0);
		await errand.say(errand.telegram, 'walk the dog', other);
		errand.telegram.fail = gone;
		(await gate('walk')).open();
		const told = await heard(errand.discord, '_(I could not reach you on Telegram.)_\n\nDone: walk the dog');
		expect(told.conversation).toBe('discord-dm-7');
		const principal = { person: person.id, role: 'member' } as const;
		const { entries } = await errand.orchestrator.conversations.entries(principal, other.conversation, 0);
		expect(entries.at(-1)).toMatchObject({ kind: 'reply', undelivered: { message: 'The bot was blocked.' } });
	});

	it('goes out once when a reply before it is tried again meanwhile', async () => {
		errand.telegram.fail = busy;
		await errand.say(errand.telegram, 'hello');
		for (let round = 0; round < 5; round++) {
			await settled();
			await errand.clock.advance(60_000);
		}
		errand.telegram.fail = undefined;
		const tried: string[] = [];
		let arrive = () => {};
		errand.telegram.deliver = async ({ text }) => {
			tried.push(text);
			if (text === 'Hello!') throw busy;
			await new Promise<void>((resolve) => {
				arrive = resolve;
			});
			return { platformMessageIds: ['tasks'], at: errand.clock.now() };
		};
		await errand.say(errand.telegram, '/tasks');
		await errand.until(() => tried.some((text) => text.includes('hello – done')));
		for (let round = 0; round < 4; round++) {
			await errand.clock.advance(60_000);
			await errand.say(errand.telegram, '/help');
			await settled();
		}
		expect(tried.filter((text) => text === 'Hello!').length).toBeGreaterThan(1);
		expect(tried.filter((text) => text !== 'Hello!')).toHaveLength(1);
		arrive();
	});

	it('is not held up for ever by a platform that never answers a call', async () => {
		const { telegram } = errand;
		const deliver = telegram.deliver.bind(telegram);
		telegram.deliver = async (reply) => (reply.text === 'Hello!' ? new Promise(() => {}) : deliver(reply));
		await errand.say(telegram, 'hello');
		await settled();
		await errand.say(telegram, '/tasks');
		await settled();
		expect(texts(telegram)).toEqual([]);
		telegram.deliver = deliver;
		await errand.clock.advance(5 * 60_000);
		await settled();
		await errand.clock.advance(1_500);
		await heard(telegram, '_(You may have this already.)_\n\nHello!');
		await heard(telegram, 'hello – done');
	});

	it('of a task never reaches an account that was taken off its person, nor whoever has it next', async () => {
		const owner = { person: 'owner' as never, role: 'owner' } as const;
		const member = async (identity: string, conversation: string) => {
			const place = { identity, conversation: asConversationId(conversation) };
			const person = await errand.people.pair(owner, identity, 'member');
			return { person, place };
		};
		const ann = await member('sms:+15550000007', 'sms-+15550000007');
		const principal = { person: ann.person.id, role: 'member' } as const;
		const { code } = await errand.people.issueLinkCode(principal);
		const there = { identity: 'discord:7', conversation: asConversationId('discord-dm-7') };
		await errand.say(errand.discord, `/link ${code}`, there);
		await errand.say(errand.sms, 'walk the dog', ann.place);
		await gate('walk');
		await errand.say(errand.sms, `/unlink ${ann.place.identity}`, ann.place);
		await heard(errand.sms, 'sms:+15550000007');
		const bob = await member(ann.place.identity, ann.place.conversation);
		await errand.say(errand.sms, 'hello', bob.place);
		await heard(errand.sms, 'Hello!');
		(await gate('walk')).open();
		const told = await heard(errand.discord, 'Done: walk the dog');
		expect(told.conversation).toBe('discord-dm-7');
		expect(texts(errand.sms).filter((text) => text.includes('dog'))).toEqual([]);
		const read = { person: bob.person.id, role: 'member' } as const;
		const { entries } = await errand.orchestrator.conversations.entries(read, bob.place.conversation, 0);
		expect(JSON.stringify(entries)).not.toContain('dog');
	});

	it('is marked as repeated after an outcome nobody knows, where the platform would show it twice', async () => {
		errand.telegram.fail = new Error('the connection broke');
		errand.discord.fail = errand.telegram.fail;
		await errand.say(errand.telegram, 'hello');
		await errand.say(errand.discord, 'hello');
		await settled();
		errand.telegram.fail = undefined;
		errand.discord.fail = undefined;
		await errand.clock.advance(1_500);
		await heard(errand.telegram, '_(You may have this already.)_\n\nHello!');
		expect((await heard(errand.discord, 'Hello!')).text).toBe('Hello!');
		errand.discord.fail = new Error('the connection broke');
		await errand.say(errand.discord, 'hello');
		await settled();
		await errand.clock.advance(180_000);
		errand.discord.fail = undefined;
		await errand.clock.advance(90_000);
		await heard(errand.discord, '_(You may have this already.)_\n\nHello!');
	});

	it('is not marked as repeated when it only waited to be sent as the process died', async () => {
		const { sms } = errand;
		const deliver = sms.deliver.bind(sms);
		let waiting = false;
		sms.deliver = () => {
			waiting = true;
			return new Promise(() => {});
		};
		await errand.say(sms, 'hello');
		await errand.until(() => waiting);
		sms.deliver = deliver;
		await errand.restart();
		expect((await heard(sms, 'Hello!')).text).toBe('Hello!');
	});

	it('is marked as repeated when it was being sent as the process died, and stays so while it waits after that', async () => {
		const { sms } = errand;
		const deliver = sms.deliver.bind(sms);
		let calls = 0;
		sms.deliver = async (_reply, sending) => {
			await sending?.();
			calls += 1;
			return new Promise(() => {});
		};
		await errand.say(sms, 'hello');
		await errand.until(() => calls === 1);
		sms.deliver = () => {
			calls += 1;
			return Promise.reject(busy);
		};
		await errand.restart();
		await errand.until(() => calls === 2);
		await settled();
		sms.deliver = deliver;
		await errand.clock.advance(1_500);
		await heard(sms, '_(You may have this already.)_\n\nHello!');
	});

	it('that waited in its frontend for too long is tried anew, and its first attempt sends nothing', async () => {
		const { sms } = errand;
		const deliver = sms.deliver.bind(sms);
		let refused = false;
		let leave = () => {};
		sms.deliver = async (reply, sending) => {
			await new Promise<void>((resolve) => {
				leave = resolve;
			});
			await sending?.().catch((error: unknown) => {
				refused = true;
				throw error;
			});
			return deliver(reply);
		};
		await errand.say(sms, 'hello');
		await settled();
		sms.deliver = deliver;
		await errand.clock.advance(5 * 60_000);
		await settled();
		leave();
		await errand.until(() => refused);
		await errand.clock.advance(1_500);
		expect((await heard(sms, 'Hello!')).text).toBe('Hello!');
		expect(texts(sms)).toHaveLength(1);
	});

	it('tries one reply again for a day, while those after it go on', async () => {
		errand.telegram.fail = busy;
		await errand.say(errand.telegram, 'hello');
		for (let minute = 0; minute < 5; minute++) await errand.clock.advance(60_000);
		errand.telegram.fail = undefined;
		await errand.say(errand.telegram, '/tasks');
		await heard(errand.telegram, 'hello – done');
		await errand.clock.advance(120_000);
		await heard(errand.telegram, 'Hello!');
	});

	it('keeps quiet at night where it tells what did not arrive elsewhere, too', async () => {
		await errand.say(errand.sms, '/quiet 00:00-23:59 UTC');
		await errand.until(() => errand.sms.sent.length === 1);
		await errand.say(errand.discord, 'walk the dog');
		await gate('walk');
		await errand.clock.advance(16 * 60_000);
		await errand.say(errand.discord, '/tasks');
		await errand.until(() => errand.discord.sent.some(({ text }) => text.includes('walk the dog')));
		errand.discord.fail = gone;
		errand.telegram.fail = gone;
		(await gate('walk')).open();
		await settled();
		await errand.clock.advance(60_000);
		expect(texts(errand.sms)).toHaveLength(1);
		// Each place is given up after a day, and what is still on its way when a day passes waits for the next.
		for (let day = 0; day < 6 && texts(errand.sms).length === 1; day++) {
			await errand.clock.advance(24 * 3_600_000);
			await settled();
		}
		await heard(errand.sms, 'Done: walk the dog');
	});

	it('keeps quiet at night, unless they are writing', async () => {
		await errand.say(errand.telegram, '/quiet 00:00-23:59 UTC');
		await errand.until(() => errand.telegram.sent.length === 1);
		await errand.say(errand.telegram, 'walk the dog');
		await gate('walk');
		await errand.clock.advance(16 * 60_000);
		(await gate('walk')).open();
		await errand.clock.advance(60_000);
		expect(texts(errand.telegram).filter((text) => text.startsWith('Done'))).toEqual([]);
		await errand.clock.advance(24 * 3_600_000);
		await heard(errand.telegram, 'Done: walk the dog');
	});
});

describe('a guest', () => {
	it('has no more than twenty tasks under way, whichever way they come, and is told so', async () => {
		const owner = { person: 'owner', role: 'owner' } as never;
		const identity = 'telegram:7';
		const place = { identity, conversation: asConversationId('telegram-7'), direct: true };
		const { id: person } = await errand.people.pair(owner, identity, 'guest');
		const who = { person, role: 'guest' } as const;
		const { tasks } = errand.orchestrator;
		const request = { goal: 'story', approve: true };
		const begun = [];
		for (let n = 0; n < 20; n++) begun.push(await tasks.submit(who, request));
		await expect(tasks.submit(who, request)).rejects.toMatchObject({ code: 'rate-limited' });
		expect(await tasks.submit({ ...who, role: 'member' }, request)).toMatchObject({ duplicate: false });

		await errand.say(errand.telegram, 'walk the dog', place);
		await heard(errand.telegram, '21 tasks of yours are under way');
		const [first, second] = begun;
		for (const one of [first, second]) if (one !== undefined) await tasks.cancel(who, one.id);
		await errand.say(errand.telegram, 'hello', place);
		await heard(errand.telegram, 'Hello!');
	});
});
