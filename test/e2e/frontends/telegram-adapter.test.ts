import { setTimeout as wait } from 'node:timers/promises';
import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import { repeatedText } from '@errand/core/domain/conversation/repeated-text.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asQuestionId } from '@errand/core/domain/ids.ts';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { naughtyStrings } from '../../support/contract/naughty-strings.ts';
import { soon, TelegramBed } from '../../support/telegram/telegram-bed.ts';

const SECRET = 'a-secret_of_the_webhook';
const PNG = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
	'base64',
);
const internal = () => new CoreError('internal', 'Something broke.', { hint: 'Look at the log.' });
const full = () => new CoreError('disk-full', 'The disk is full.', { hint: 'Make room.' });

afterAll(() => {
	if (bed.telegram.description === undefined) console.warn('ERRAND_SPECS_DIR is not set: calls were not checked.');
});

let bed: TelegramBed;
beforeEach(async () => {
	bed = await TelegramBed.open();
});
afterEach(async () => {
	await bed.stop();
	expect(bed.telegram.violations).toEqual([]);
});

const failureOf = async (delivery: Promise<unknown>) => {
	const error: unknown = await delivery.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	return error instanceof DeliveryFailure ? error.failure : undefined;
};
const question = (kind: 'choice' | 'approval' | 'text', choices?: readonly string[]) => ({
	id: asQuestionId('q1'),
	kind,
	purpose: 'goal' as const,
	text: 'Which one?',
	...(choices === undefined ? {} : { choices }),
});

for (const mode of ['polling', 'webhook'] as const) {
	const options = mode === 'webhook' ? { webhook: SECRET } : {};

	describe(`receiving by ${mode}`, () => {
		it('takes what a person says in private, once it is durable, and types once', async () => {
			let release = () => {};
			bed.gate = () =>
				new Promise((resolve) => {
					release = resolve;
				});
			await bed.start(options);
			const ann = bed.telegram.person({ name: 'Ann', username: 'ann_b' });
			const id = ann.say('Find me a train');
			await soon(() => bed.calls.length === 1, 'it is received');
			await wait(100);
			expect(bed.telegram.pendingUpdates).toBe(1);
			expect(ann.sawTyping()).toBe(0);
			release();
			await soon(() => bed.telegram.pendingUpdates === 0 && ann.sawTyping() === 1, 'it is confirmed');
			expect(bed.calls[0]).toMatchObject({
				frontend: 'telegram',
				conversation: `telegram-${ann.id}`,
				identity: `telegram:${ann.id}`,
				name: 'Ann (@ann_b)',
				direct: true,
				platformMessageId: String(id),
				text: 'Find me a train',
			});
		});

		it('keeps the order within a conversation, and lets no conversation wait for another', async () => {
			const waiting: (() => void)[] = [];
			bed.gate = (message) =>
				message.text === 'slow' ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
			await bed.start(options);
			const [ann, ben] = [bed.telegram.person(), bed.telegram.person()];
			ann.say('slow');
			ann.say('after slow');
			for (let n = 0; n < 5; n++) ben.say(`quick ${n}`);
			await soon(() => bed.texts.length === 5, 'the other conversation goes on');
			ben.say('later');
			await soon(() => bed.texts.includes('later'), 'what comes later does, too');
			expect(bed.texts).not.toContain('after slow');
			expect(bed.telegram.pendingUpdates).toBeGreaterThan(0);
			await soon(() => waiting.length > 0, 'the slow one waits');
			for (const go of waiting) go();
			await soon(() => bed.telegram.pendingUpdates === 0, 'all is confirmed');
			expect(bed.texts.filter((text) => text.includes('slow'))).toEqual(['slow', 'after slow']);
		});

		it('does not confirm what is refused for now, and takes it later', async () => {
			let times = 0;
			let isFull = true;
			bed.host.refuse = () => {
				times++;
				return isFull ? full() : undefined;
			};
			await bed.start(options);
			const ann = bed.telegram.person();
			ann.say('in a bad moment');
			await soon(() => times > 3, 'it is tried again');
			expect(bed.telegram.pendingUpdates).toBe(1);
			isFull = false;
			await soon(() => bed.texts.length === 1 && bed.telegram.pendingUpdates === 0, 'it is taken', 20_000);
			expect(bed.texts).toEqual(['in a bad moment']);
			expect(ann.sees().map(({ text }) => text)).toEqual([expect.stringContaining('The disk is full.')]);
		}, 30_000);

		it('lets a message go that breaks something again and again, says so, and goes on', async () => {
			bed.host.refuse = ({ text }) => (text === 'poison' ? internal() : undefined);
			await bed.start(options);
			const [ann, ben] = [bed.telegram.person(), bed.telegram.person()];
			ann.say('poison');
			ann.say('after it');
			ben.say('elsewhere');
			await soon(() => bed.texts.includes('after it'), 'it goes on', 20_000);
			await soon(() => bed.telegram.pendingUpdates === 0, 'it is confirmed');
			expect(bed.texts).toEqual(['elsewhere', 'after it']);
			expect(bed.calls.filter(({ text }) => text === 'poison')).toHaveLength(5);
			expect(bed.logged.some(({ level, event }) => level === 'error' && event === 'telegram update let go')).toBe(true);
			await soon(() => ann.sees().some(({ text }) => text.includes('could not be taken')), 'the sender is told');
		}, 30_000);

		it('tells a stranger why they are refused once, and does not fetch their files', async () => {
			bed.host.refuse = () => new CoreError('unpaired', 'I do not know you yet.', { hint: 'Code: ABCD-EFGH' });
			await bed.start(options);
			const stranger = bed.telegram.person();
			stranger.say('hello');
			stranger.sendFile({ name: 'a.txt', type: 'text/plain', content: Buffer.from('a') });
			stranger.say('hello?');
			await soon(() => bed.calls.length === 3 && stranger.sees().length === 1, 'they are told');
			await wait(200);
			expect(stranger.sees().map(({ text }) => text)).toEqual([expect.stringContaining('ABCD-EFGH')]);
			expect(bed.telegram.callsOf('getFile')).toHaveLength(0);
			expect(bed.telegram.pendingUpdates).toBe(0);
		});

		it('takes updates that come twice or in another order, each as what it is', async () => {
			await bed.start(options);
			const ann = bed.telegram.person();
			bed.telegram.updates.double(2);
			ann.say('one');
			ann.say('two');
			await soon(() => bed.texts.length === 2 && bed.telegram.pendingUpdates === 0, 'they are taken');
			bed.telegram.updates.swap();
			await bed.telegram.updates.together(() => {
				ann.say('three');
				ann.say('four');
			});
			await soon(() => bed.texts.length === 4 && bed.telegram.pendingUpdates === 0, 'they are taken');
			expect(bed.texts.toSorted()).toEqual(['four', 'one', 'three', 'two']);
			expect(new Set(bed.calls.map(({ platformMessageId }) => platformMessageId)).size).toBe(4);
		});

		it('takes everything again after it was killed before it was durable', async () => {
			bed.gate = () => new Promise(() => {});
			await bed.start(options);
			const [ann, ben] = [bed.telegram.person(), bed.telegram.person()];
			ann.say('first');
			ben.say('second');
			await soon(() => bed.calls.length === 2, 'both are being received');
			bed.kill();
			ann.say('third');
			bed.gate = () => Promise.resolve();
			await bed.start(options);
			await soon(() => bed.texts.length === 3 && bed.telegram.pendingUpdates === 0, 'all are taken', 20_000);
			expect(bed.texts.toSorted()).toEqual(['first', 'second', 'third']);
		}, 30_000);

		it('makes one message of an album, with its files and words', async () => {
			await bed.start(options);
			const ann = bed.telegram.person();
			const picture = (n: number) => ({
				name: `p${n}.jpg`,
				type: 'image/jpeg',
				content: Buffer.from(`picture ${n}`),
				photo: true,
			});
			const first = ann.sendFile(picture(1), { album: 'holiday', caption: 'Which is best?' });
			ann.sendFile(picture(2), { album: 'holiday' });
			await wait(100);
			ann.sendFile(picture(3), { album: 'holiday' });
			await soon(() => bed.telegram.pendingUpdates === 0, 'they are durable');
			ann.say('Quick, please');
			await soon(() => bed.texts.length === 2, 'they are taken');
			const [album] = bed.host.received;
			expect(bed.texts).toEqual(['Which is best?', 'Quick, please']);
			expect(album?.message.platformMessageId).toBe(String(first));
			expect(album?.files.map(({ content }) => Buffer.from(content).toString())).toEqual([
				'picture 1',
				'picture 2',
				'picture 3',
			]);
		});

		it('loses no picture of an album when it is killed in the middle, and doubles none', async () => {
			await bed.start(options);
			const ann = bed.telegram.person();
			const picture = (n: number) => ({
				name: `p${n}.jpg`,
				type: 'image/jpeg',
				content: Buffer.from(`picture ${n}`),
				photo: true,
			});
			ann.sendFile(picture(1), { album: 'holiday', caption: 'Look' });
			ann.sendFile(picture(2), { album: 'holiday' });
			await soon(() => bed.telegram.pendingUpdates === 0, 'they are durable');
			expect(bed.calls).toHaveLength(0);
			bed.kill();
			ann.sendFile(picture(3), { album: 'holiday' });
			await bed.start(options);
			await soon(() => bed.telegram.pendingUpdates === 0 && bed.host.received.length > 0, 'all are taken');
			await wait(800);
			const files = bed.host.received.flatMap(({ files }) =>
				files.map(({ content }) => Buffer.from(content).toString()),
			);
			expect(files.toSorted()).toEqual(['picture 1', 'picture 2', 'picture 3']);
		});

		it('takes a press as the words of its choice, answers it, and takes it once', async () => {
			await bed.start(options);
			const ann = bed.telegram.person();
			ann.say('/start');
			await soon(() => bed.calls.length === 1, 'the chat is open');
			const long = `a very long choice ${'x'.repeat(80)}`;
			const asked = bed.reply(`telegram-${ann.id}`, 'Which one?', {
				kind: 'question',
				question: question('choice', ['red', long]),
			});
			await bed.frontend.deliver(asked);
			const [shown] = ann.sees();
			if (shown === undefined) throw new Error('nothing is seen');
			expect(shown.buttons.flat()).toHaveLength(2);
			bed.telegram.updates.double(1);
			const press = ann.press(shown, 'red');
			await soon(() => bed.texts.length === 2, 'the press is taken');
			await soon(() => ann.pressAnswer(press) !== undefined, 'the press is answered');
			expect(bed.host.received[1]?.message).toMatchObject({
				text: 'red',
				replyTo: asked.id,
				replyToMessage: String(shown.id),
				platformMessageId: `press-${press}`,
			});
			await bed.frontend.revise(
				{ platformMessageIds: [String(shown.id)], at: 0 },
				{ ...asked, question: undefined, text: 'Answered: red' },
			);
			expect(ann.sees()[0]).toMatchObject({ text: 'Answered: red', buttons: [] });
			expect(bed.texts).toHaveLength(2);
		});
	});
}

describe('polling', () => {
	it('does not take again after a restart what was taken before', async () => {
		await bed.start();
		const ann = bed.telegram.person();
		for (let n = 0; n < 5; n++) ann.say(`message ${n}`);
		await soon(() => bed.telegram.pendingUpdates === 0, 'all are confirmed');
		await soon(() => (bed.remembered ?? '').includes('next'), 'it is remembered');
		await bed.frontend.stop();
		await bed.start();
		ann.say('one more');
		await soon(() => bed.texts.includes('one more'), 'it is taken');
		expect(bed.calls).toHaveLength(6);
	});

	it('reconnects when the connection breaks in the middle of a poll, and shows when it stays away', async () => {
		await bed.start();
		const ann = bed.telegram.person();
		ann.say('before');
		await soon(() => bed.texts.length === 1, 'it is taken');
		bed.telegram.faults.plan('getUpdates', { kind: 'error', status: 502 }, 2);
		bed.telegram.disconnect();
		await soon(() => bed.host.states.some(({ status }) => status === 'degraded'), 'it is shown');
		await soon(() => bed.host.states.at(-1)?.status === 'ready', 'it is ready again, though nobody writes');
		ann.say('after');
		await soon(() => bed.texts.includes('after'), 'it goes on');
	});

	it('says that another program polls, and goes on once that has ended', async () => {
		await bed.start();
		const ann = bed.telegram.person();
		const other = await fetch(`${bed.telegram.url}/bot${bed.telegram.token}/getUpdates`);
		expect(other.status).toBe(200);
		await soon(
			() => bed.host.states.some((state) => state.status === 'degraded' && /Another program/.test(state.message)),
			'it is shown',
		);
		ann.say('still here');
		await soon(() => bed.texts.includes('still here'), 'it goes on');
		expect(bed.host.states.at(-1)).toEqual({ status: 'ready' });
	});

	it('takes away a webhook that stands in its way, without losing what waits there', async () => {
		const set = await fetch(`${bed.telegram.url}/bot${bed.telegram.token}/setWebhook`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ url: 'https://127.0.0.1:1/gone' }),
		});
		expect(set.status).toBe(200);
		await bed.start();
		expect(bed.telegram.callsOf('deleteWebhook')[0]?.parameters['drop_pending_updates']).toBe(false);
		bed.telegram.person().say('hello');
		await soon(() => bed.texts.length === 1, 'it is taken');
	});

	it('keeps the offset and goes on when its memory cannot be written', async () => {
		bed.failSaves = true;
		await bed.start();
		bed.telegram.person().say('hello');
		await soon(() => bed.texts.length === 1 && bed.telegram.pendingUpdates === 0, 'it is taken');
	});

	it('refuses to start with a wrong token, and says what to do', async () => {
		await expect(bed.start({ token: '1:AAWrong_token_of_the_right_shape_000' })).rejects.toThrow(
			/refuses the bot token/,
		);
		expect(bed.host.states.at(-1)).toMatchObject({ status: 'degraded', hint: expect.stringContaining('@BotFather') });
	});

	it('changes the commands menu only when it is different', async () => {
		await bed.start();
		await soon(() => bed.telegram.callsOf('setMyCommands').length === 1, 'the menu is set');
		await bed.frontend.stop();
		await bed.start();
		await soon(() => bed.telegram.callsOf('getMyCommands').length === 2, 'the menu is looked at');
		await wait(50);
		expect(bed.telegram.callsOf('setMyCommands')).toHaveLength(1);
	});

	it('shows the commands of the owner in the menu of the owner only, once they have written', async () => {
		const [owner, later] = [bed.telegram.person(), bed.telegram.person()];
		owner.say('hello');
		await bed.start({ owners: [owner.identity, 'discord:5', later.identity] });
		await soon(() => bed.telegram.callsOf('getMyCommands').length === 3, 'all menus are looked at');
		await soon(() => bed.telegram.callsOf('setMyCommands').length === 2, 'the menus are set');
		const [all, own] = bed.telegram.callsOf('setMyCommands').map(({ parameters }) => JSON.stringify(parameters));
		expect(all).toContain('default');
		expect(all).not.toContain('refuse');
		expect(own).toContain(owner.identity.replace('telegram:', ''));
		expect(own).toContain('refuse');
		await wait(50);
		expect(bed.logged.filter(({ event }) => event === 'telegram commands menu failed')).toEqual([]);
	});
});

describe('the webhook', () => {
	const call = (secret: string | undefined, body: string) =>
		fetch(`${bed.host.address}/telegram/webhook`, {
			method: 'POST',
			headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
			body,
		}).then(({ status }) => status);
	const update = JSON.stringify({
		update_id: 1,
		message: {
			message_id: 1,
			date: 1,
			chat: { id: 7, type: 'private' },
			from: { id: 7, is_bot: false, first_name: 'Eve' },
			text: 'forged',
		},
	});

	it('refuses a forged call, and what is no update', async () => {
		await bed.start({ webhook: SECRET });
		expect(await call('wrong', update)).toBe(401);
		expect(await call(`${SECRET}x`, update)).toBe(401);
		expect(await call(undefined, update)).toBe(401);
		expect(await call(SECRET, 'not json')).toBe(400);
		expect(await call(SECRET, '{}')).toBe(400);
		expect(bed.calls).toEqual([]);
		expect(await call(SECRET, update)).toBe(200);
		expect(bed.texts).toEqual(['forged']);
	});

	it('answers 503 as long as the message cannot be taken', async () => {
		await bed.start({ webhook: SECRET });
		bed.host.refuse = () => full();
		expect(await call(SECRET, update)).toBe(503);
		bed.host.refuse = () => undefined;
		expect(await call(SECRET, update)).toBe(200);
	});

	it('survives an update that is not what Telegram says', async () => {
		await bed.start({ webhook: SECRET });
		for (const message of [{}, { chat: null }, { message_id: 1, from: {}, chat: { id: 'x' }, text: 5 }, []]) {
			expect(await call(SECRET, JSON.stringify({ update_id: 9, message }))).toBe(200);
		}
		expect(await call(SECRET, update)).toBe(200);
	});
});

describe('groups', () => {
	it('hears mentions, replies to its own messages and commands, and nothing else', async () => {
		await bed.start();
		const ann = bed.telegram.person();
		const group = bed.telegram.group();
		ann.say('what shall we eat?', { in: group });
		ann.say('/status@another_bot', { in: group });
		ann.say('@Errand_Test_Bot find a restaurant', { in: group });
		ann.say('/status@errand_test_bot 3', { in: group });
		ann.say('/tasks', { in: group });
		ann.sendRaw({ new_chat_title: 'Dinner' }, { in: group });
		await soon(() => bed.texts.length === 3, 'three are for the bot');
		const conversation = `telegram-${group.chat.id}.0-${ann.id}`;
		await bed.frontend.deliver(bed.reply(conversation, 'Found one.', { inReplyTo: bed.calls[0]?.platformMessageId }));
		const [answer] = ann.sees({ in: group });
		expect(answer?.replyTo).toBe(Number(bed.calls[0]?.platformMessageId));
		ann.say('book it', { in: group, replyTo: answer });
		await soon(() => bed.texts.length === 4, 'a reply is for the bot');
		expect(bed.texts).toEqual(['find a restaurant', '/status 3', '/tasks', 'book it']);
		expect(bed.calls.every((call) => call.conversation === conversation && !call.direct)).toBe(true);
		expect(bed.calls[3]?.replyToMessage).toBe(String(answer?.id));
		await soon(() => bed.telegram.pendingUpdates === 0, 'all are confirmed');
	});

	it('ignores other bots, channels, anonymous admins and edits', async () => {
		await bed.start();
		const bot = bed.telegram.person();
		const raw = (from: object, more: object = {}) =>
			bed.telegram.updates.add('message', {
				message_id: 900,
				date: 1,
				chat: { id: bot.id, type: 'private' },
				text: 'loop',
				from,
				...more,
			});
		raw({ id: 5, is_bot: true, first_name: 'Other' });
		raw(bed.telegram.me);
		raw({ id: 1087968824, is_bot: true, first_name: 'Group' }, { sender_chat: { id: -1, type: 'supergroup' } });
		raw({ id: 777000, is_bot: false, first_name: 'Telegram' }, { sender_chat: { id: -2, type: 'channel' } });
		await soon(() => bed.telegram.callsOf('getUpdates').length > 0, 'it polls');
		expect(bed.telegram.updates.add('edited_message', { message_id: 1 })).toBeUndefined();
		bot.say('a person');
		await soon(() => bed.texts.length === 1, 'the person is heard');
		expect(bed.texts).toEqual(['a person']);
	});

	it('keeps topics and people apart, and answers where it was asked', async () => {
		await bed.start();
		const [ann, ben] = [bed.telegram.person(), bed.telegram.person()];
		const forum = bed.telegram.group({ forum: true });
		ann.say('@errand_test_bot one', { in: forum, topic: 11 });
		ben.say('@errand_test_bot two', { in: forum, topic: 12 });
		await soon(() => bed.calls.length === 2, 'both are taken');
		const at = `telegram-${forum.chat.id}`;
		expect(bed.calls.map((call) => call.conversation).toSorted()).toEqual([`${at}.11-${ann.id}`, `${at}.12-${ben.id}`]);
		await bed.frontend.deliver(bed.reply(`${at}.12-${ben.id}`, 'For Ben.'));
		expect(ben.sees({ in: forum, topic: 12 }).map(({ text }) => text)).toEqual(['For Ben.']);
		expect(ann.sees({ in: forum, topic: 11 })).toEqual([]);
	});

	it('takes presses of whom it asked only, and asks for a reply where words are wanted', async () => {
		await bed.start();
		const [ann, ben] = [bed.telegram.person(), bed.telegram.person()];
		const group = bed.telegram.group();
		const conversation = `telegram-${group.chat.id}.0-${ann.id}`;
		const asked = bed.reply(conversation, 'May I?', { kind: 'question', question: question('approval') });
		await bed.frontend.deliver(asked);
		const [shown] = ann.sees({ in: group });
		if (shown === undefined) throw new Error('nothing is seen');
		const wrong = ben.press(shown, 'Approve');
		await soon(() => ben.pressAnswer(wrong)?.alert === true, 'the other one is told');
		expect(bed.calls).toEqual([]);
		ann.press(shown, 'Refuse');
		await soon(() => bed.calls.length === 1, 'it is taken');
		expect(bed.calls[0]).toMatchObject({ text: 'no', replyTo: asked.id, conversation });
		await bed.frontend.deliver(bed.reply(conversation, 'What name?', { kind: 'question', question: question('text') }));
		expect(ann.sees({ in: group })[1]?.forceReply).toBe(true);
	});

	it('follows a group to its new number', async () => {
		await bed.start();
		const ann = bed.telegram.person();
		const group = bed.telegram.group();
		const conversation = `telegram-${group.chat.id}.0-${ann.id}`;
		group.upgrade();
		await bed.frontend.deliver(bed.reply(conversation, 'one'));
		await bed.frontend.deliver(bed.reply(conversation, 'two'));
		expect(ann.sees({ in: group }).map(({ text }) => text)).toEqual(['one', 'two']);
		expect(bed.telegram.callsOf('sendMessage')).toHaveLength(3);
	});

	it('takes an album that is for it whole, though only its first picture says so', async () => {
		await bed.start();
		const ann = bed.telegram.person();
		const group = bed.telegram.group();
		const picture = { name: 'p.jpg', type: 'image/jpeg', content: Buffer.from('p'), photo: true };
		ann.sendFile(picture, { in: group, album: 'one', caption: '@errand_test_bot which?' });
		ann.sendFile(picture, { in: group, album: 'one' });
		ann.sendFile(picture, { in: group, album: 'not for it' });
		await soon(() => bed.host.received.length === 1, 'it is taken');
		await wait(700);
		expect(bed.host.received.map(({ message, files }) => [message.text, files.length])).toEqual([['which?', 2]]);
	});
});

describe('sending', () => {
	let home: string;
	let ann: ReturnType<TelegramBed['telegram']['person']>;
	beforeEach(async () => {
		await bed.start();
		ann = bed.telegram.person();
		ann.say('/start');
		home = `telegram-${ann.id}`;
		await soon(() => bed.calls.length === 1, 'the chat is open');
	});

	it('shows Markdown as Telegram does, without previews of links', async () => {
		const receipt = await bed.frontend.deliver(
			bed.reply(home, '# Title\n\n**bold** and `code` [here](https://example.com/a?b=1&c=2)'),
		);
		const [shown] = ann.sees();
		expect(receipt.platformMessageIds).toEqual([String(shown?.id)]);
		expect(shown?.text).toContain('bold and code here');
		expect(shown?.entities.map(({ type }) => type)).toEqual(expect.arrayContaining(['bold', 'code', 'text_link']));
		expect(bed.telegram.callsOf('sendMessage')[0]?.parameters['link_preview_options']).toEqual({ is_disabled: true });
	});

	it('splits what is too long, with the buttons under the last part', async () => {
		const lines = Array.from({ length: 400 }, (_, n) => `Line ${n} of <many> & more`).join('\n\n');
		const reply = bed.reply(home, `${lines}\n\n\`\`\`js\n${'const a = 1 < 2;\n'.repeat(300)}\`\`\``, {
			kind: 'question',
			question: question('approval'),
		});
		await bed.frontend.deliver(reply);
		const parts = ann.sees();
		expect(parts.length).toBeGreaterThan(2);
		expect(parts.map(({ buttons }) => buttons.length)).toEqual([...parts.slice(1).map(() => 0), 1]);
		const text = parts.map((part) => part.text).join('\n');
		for (let n = 0; n < 400; n++) expect(text).toContain(`Line ${n} of <many> & more`);
	}, 30_000);

	it('sends the same words as plain text when Telegram cannot read its markup', async () => {
		const description = 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 3';
		bed.telegram.faults.plan('sendMessage', { kind: 'refuse', status: 400, description });
		await bed.frontend.deliver(bed.reply(home, '**bold** & <b>'));
		expect(ann.sees()[0]).toMatchObject({ text: 'bold & <b>', entities: [] });
	});

	it('brings strings made to break things as harmless text', async () => {
		for (const text of naughtyStrings) await bed.frontend.deliver(bed.reply(home, `§ ${text}`));
		const seen = ann.sees();
		expect(seen.length).toBeGreaterThanOrEqual(naughtyStrings.length);
		for (const { entities } of seen) {
			for (const { url } of entities) expect(url ?? 'https:').toMatch(/^(?:https?|mailto):/);
		}
		expect(bed.logged.filter(({ event }) => event === 'telegram could not read our markup')).toEqual([]);
	}, 60_000);

	it('edits progress in place, also when nothing changed', async () => {
		const progress = bed.reply(home, 'Reading…', { kind: 'progress' });
		const receipt = await bed.frontend.deliver(progress);
		await bed.frontend.revise(receipt, { ...progress, text: 'Reading, **half** done' });
		await bed.frontend.revise(receipt, { ...progress, text: 'Reading, **half** done' });
		expect(ann.sees()).toMatchObject([{ text: 'Reading, half done', edits: 1 }]);
	});

	it('sends pictures as pictures and other files as files', async () => {
		const artifacts = [
			bed.keep('chart.png', 'image/png', PNG),
			bed.keep('broken "; name\n.png', 'image/png', Buffer.from('no picture')),
			bed.keep('report.pdf', 'application/pdf', Buffer.from('%PDF-1.7 not really')),
			{ id: 'artifact-gone', name: 'gone.txt', type: 'text/plain', bytes: 5 },
		];
		await bed.frontend.deliver(bed.reply(home, 'Here.', { artifacts }));
		expect(ann.sees().map(({ text, file }) => [text, file?.kind, file?.name])).toEqual([
			['Here.\n\nThe file gone.txt is no longer kept.', undefined, undefined],
			['', 'photo', 'chart.png'],
			['', 'document', 'broken __ name_.png'],
			['', 'document', 'report.pdf'],
		]);
		expect(ann.sees()[3]?.file?.content.toString()).toBe('%PDF-1.7 not really');
	});

	it('sends nobody a file of somebody else, whatever an answer names', async () => {
		const artifacts = [bed.keep('theirs.txt', 'text/plain', Buffer.from('secret'))];
		await bed.frontend.deliver(bed.reply(home, 'Here.', { artifacts, to: asPersonId('another') }));
		expect(ann.sees()).toMatchObject([{ text: 'Here.\n\nThe file theirs.txt is no longer kept.' }]);
		await bed.frontend.deliver(bed.reply(home, 'Yours.', { artifacts, to: asPersonId('somebody') }));
		expect(ann.sees().map(({ file }) => file?.name)).toEqual([undefined, undefined, 'theirs.txt']);
	});

	it('goes on where it was when a delivery ended half-way', async () => {
		bed.telegram.faults.plan('sendDocument', { kind: 'error', status: 500 });
		const artifacts = [bed.keep('a.txt', 'text/plain', Buffer.from('a'))];
		const reply = bed.reply(home, 'Once.', { artifacts });
		// Another process would have to send the words again.
		expect(await failureOf(bed.frontend.deliver(reply))).toMatchObject({ kind: 'unknown-outcome' });
		const receipt = await bed.frontend.deliver(reply);
		expect(receipt.platformMessageIds).toHaveLength(2);
		expect(ann.sees().map(({ text, file }) => file?.name ?? text)).toEqual(['Once.', 'a.txt']);
	});

	it('marks the part that may have arrived already when it goes on, and splits nothing anew', async () => {
		const paragraphs = Array.from({ length: 300 }, (_, n) => `Paragraph ${n}: ${'words '.repeat(5)}`);
		const reply = bed.reply(home, paragraphs.join('\n\n'));
		bed.telegram.faults.plan('sendMessage', { kind: 'slow', ms: 1 });
		bed.telegram.faults.plan('sendMessage', { kind: 'lost-answer' });
		expect(await failureOf(bed.frontend.deliver(reply))).toMatchObject({ kind: 'unknown-outcome' });
		const [first, second] = ann.sees();
		const again = { ...reply, text: repeatedText(reply.text), repeated: true };
		await bed.frontend.deliver(again);
		const [, , repeated, ...rest] = ann.sees();
		expect(repeated?.text).toBe(`(You may have this already.)\n\n${second?.text}`);
		const whole = [first, second, ...rest].map((part) => part?.text).join('\n');
		for (let n = 0; n < 300; n++) expect(whole.split(`Paragraph ${n}:`)).toHaveLength(2);
		expect(whole).not.toContain('already');
	}, 20_000);

	it('marks a file that may have arrived already', async () => {
		bed.telegram.faults.plan('sendDocument', { kind: 'lost-answer' });
		const reply = bed.reply(home, 'Here.', { artifacts: [bed.keep('a.txt', 'text/plain', Buffer.from('a'))] });
		expect(await failureOf(bed.frontend.deliver(reply))).toMatchObject({ kind: 'unknown-outcome' });
		await bed.frontend.deliver({ ...reply, text: repeatedText(reply.text), repeated: true });
		expect(ann.sees().map(({ text, file }) => [text, file?.name])).toEqual([
			['Here.', undefined],
			['', 'a.txt'],
			['(You may have this already.)', 'a.txt'],
		]);
	});

	it('says that it sends when it does, and not while a reply waits for its turn', async () => {
		bed.telegram.faults.plan('sendMessage', { kind: 'slow', ms: 1_000 });
		const sentBy: number[] = [];
		const sending = async () => {
			sentBy.push(bed.telegram.callsOf('sendMessage').length);
		};
		const first = bed.frontend.deliver(bed.reply(home, 'first'), sending);
		const second = bed.frontend.deliver(bed.reply(home, 'second'), sending);
		await soon(() => sentBy.length > 0, 'it says so');
		await wait(250);
		expect(sentBy).toEqual([0]);
		await Promise.all([first, second]);
		expect(sentBy).toEqual([0, 1]);
	});

	it('sends nothing when it cannot say that it does', async () => {
		const delivery = bed.frontend.deliver(bed.reply(home, 'never'), () => Promise.reject(full()));
		expect(await failureOf(delivery)).toMatchObject({ kind: 'retryable' });
		expect(bed.telegram.callsOf('sendMessage')).toEqual([]);
	});

	it('names a file that Telegram will not take, after the words it belongs to', async () => {
		const description = 'Bad Request: not enough rights to send documents to the chat';
		bed.telegram.faults.plan('sendDocument', { kind: 'refuse', status: 400, description });
		const artifacts = [bed.keep('a.txt', 'text/plain', Buffer.from('a'))];
		const receipt = await bed.frontend.deliver(bed.reply(home, 'Here.', { artifacts }));
		expect(receipt.platformMessageIds).toHaveLength(2);
		expect(ann.sees().map(({ text }) => text)).toEqual(['Here.', expect.stringContaining('"a.txt" could not be sent')]);
	});

	it('writes out choices that do not fit on their buttons, and takes the press of one', async () => {
		const choices = Array.from({ length: 25 }, (_, n) => `Ж${n} ${'ж'.repeat(190)}`);
		const reply = bed.reply(home, 'Which one?', { kind: 'question', question: question('choice', choices) });
		await bed.frontend.deliver(reply);
		const shown = ann.sees();
		const text = shown.map((part) => part.text).join('\n');
		for (const choice of choices) expect(text).toContain(choice);
		const labels = shown.at(-1)?.buttons.flat() ?? [];
		expect(labels).toHaveLength(25);
		for (const { text: label } of labels) expect(label.length).toBeLessThanOrEqual(40);
		const [, second] = labels;
		const message = shown.at(-1);
		if (message === undefined || second?.callback_data === undefined) throw new Error('There is no button.');
		ann.pressData(message, second.callback_data);
		await soon(() => bed.calls.length === 2, 'the press arrives');
		expect(bed.calls[1]).toMatchObject({ text: '2', replyTo: reply.id });
	});

	it('that ended half-way in one chat is whole in the next', async () => {
		const bob = bed.telegram.person();
		bob.say('/start');
		bed.telegram.faults.plan('sendDocument', { kind: 'error', status: 500 });
		const reply = bed.reply(home, 'For all.', { artifacts: [bed.keep('a.txt', 'text/plain', Buffer.from('a'))] });
		expect(await failureOf(bed.frontend.deliver(reply))).toMatchObject({ kind: 'unknown-outcome' });
		const { conversation } = bed.reply(`telegram-${bob.id}`, '');
		const receipt = await bed.frontend.deliver({ ...reply, conversation });
		expect(receipt.platformMessageIds).toEqual(bob.sees().map(({ id }) => String(id)));
		expect(bob.sees().map(({ text, file }) => file?.name ?? text)).toEqual(['For all.', 'a.txt']);
	});

	it('waits for a short limit itself and hands a long one back', async () => {
		bed.telegram.faults.plan('sendMessage', { kind: 'too-many', retryAfter: 1 });
		await bed.frontend.deliver(bed.reply(home, 'after a second'));
		bed.telegram.faults.plan('sendMessage', { kind: 'too-many', retryAfter: 60 });
		const failure = await failureOf(bed.frontend.deliver(bed.reply(home, 'not now')));
		expect(failure).toMatchObject({ kind: 'retryable', code: 'rate-limited', retryAfterMs: 60_000 });
		expect(ann.sees().map(({ text }) => text)).toEqual(['after a second']);
	});

	it('tells apart what never arrived, what may have, and what never will', async () => {
		const deliver = (conversation = home) => failureOf(bed.frontend.deliver(bed.reply(conversation, 'hello')));
		bed.telegram.faults.plan('sendMessage', { kind: 'error', status: 500 });
		expect(await deliver()).toMatchObject({ kind: 'retryable' });
		bed.telegram.faults.plan('sendMessage', { kind: 'lost-answer' });
		expect(await deliver()).toMatchObject({ kind: 'unknown-outcome' });
		expect(ann.sees()).toHaveLength(1);
		expect(await deliver('telegram-99999')).toMatchObject({ kind: 'permanent', code: 'chat-gone' });
		expect(await deliver('telegram-nonsense')).toMatchObject({ kind: 'permanent' });
		ann.block();
		const blocked = await deliver();
		expect(blocked).toMatchObject({ kind: 'permanent', code: 'blocked', hint: expect.stringContaining('Unblock') });
		ann.unblock();
		expect(await deliver()).toBeUndefined();
		const { url } = bed.telegram;
		await bed.telegram.stop();
		const away = await deliver();
		expect(away).toMatchObject({ kind: 'retryable', code: 'telegram-unreachable' });
		expect(JSON.stringify([away, bed.logged])).not.toContain(bed.telegram.token.split(':')[1]);
		expect(url).toContain('127.0.0.1');
	});
});

describe('files that people send', () => {
	beforeEach(() => bed.start());

	it('are fetched with the message, and tried again when that fails for now', async () => {
		const ann = bed.telegram.person();
		bed.telegram.faults.plan('getFile', { kind: 'error', status: 500 });
		bed.telegram.faults.plan('download', { kind: 'disconnect' });
		ann.sendFile(
			{ name: 'my plan (1).txt', type: 'text/plain', content: Buffer.from('the plan') },
			{ caption: 'Read this' },
		);
		await soon(() => bed.host.received.length === 1, 'it is taken');
		const [{ message, files } = { message: undefined, files: [] }] = bed.host.received;
		expect(message?.text).toBe('Read this');
		expect(files.map(({ name, type, content }) => [name, type, Buffer.from(content).toString()])).toEqual([
			['my plan (1).txt', 'text/plain', 'the plan'],
		]);
	});

	it('are refused in words when they are too large or gone', async () => {
		const ann = bed.telegram.person();
		ann.sendFile({ name: 'film.mp4', type: 'video/mp4', content: Buffer.from('x'), saidSize: 30_000_000 });
		await soon(() => ann.sees().length === 1, 'the sender is told');
		expect(ann.sees()[0]?.text).toMatch(/film\.mp4.*20 MB/);
		ann.sendRaw({ document: { file_id: 'gone', file_unique_id: 'g', file_name: 'gone.txt' } });
		await soon(() => ann.sees().length === 2, 'the sender is told');
		await soon(() => bed.telegram.pendingUpdates === 0, 'neither comes again');
		expect(bed.host.received).toEqual([]);
	});

	it('that are none, like a sticker, are answered with what can be read', async () => {
		const ann = bed.telegram.person();
		ann.sendRaw({ sticker: { file_id: 's', file_unique_id: 's', type: 'regular', width: 1, height: 1 } });
		await soon(() => ann.sees().length === 1, 'the sender is told');
		expect(bed.calls).toEqual([]);
	});
});
