import type { Message, Update, UserFromGetMe } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { parseUpdate } from './parse-update.ts';

const me = { id: 99, is_bot: true, first_name: 'Errand', username: 'errand_bot' } as UserFromGetMe;
const ann = { id: 7, is_bot: false, first_name: 'Ann', last_name: 'Lee' };
const group = { id: -100, type: 'supergroup', title: 'Group' };
const read = (message: object) =>
	parseUpdate(
		{
			update_id: 1,
			message: { message_id: 5, date: 10, from: ann, chat: { id: 7, type: 'private' }, ...message } as Message,
		} as Update,
		me,
	);
const entity = (type: string, offset: number, length: number, more: object = {}) => ({ type, offset, length, ...more });

describe('a message', () => {
	it('in private is for the bot', () => {
		expect(read({ text: 'hello' })).toEqual({
			kind: 'message',
			place: { chat: 7, topic: 0, user: 7 },
			name: 'Ann Lee',
			messageId: 5,
			text: 'hello',
			files: [],
			addressed: true,
			at: 10_000,
		});
	});

	it('in a group is for the bot when it names it, and the name is taken out', () => {
		const text = '👋 @Errand_bot look at this';
		expect(read({ chat: group, text, entities: [entity('mention', 3, 11)] })).toMatchObject({
			text: '👋  look at this',
		});
		const named = entity('text_mention', 0, 6, { user: me });
		expect(read({ chat: group, text: 'Errand go', entities: [named] })).toMatchObject({ text: 'go' });
		expect(read({ chat: group, text: '@other go', entities: [entity('mention', 0, 6)] })).toMatchObject({
			kind: 'ignored',
		});
	});

	it('in a topic that the bot opened is not a reply to the bot', () => {
		const opened = { message_id: 4, date: 1, chat: group, from: me, forum_topic_created: { name: 'x', icon_color: 1 } };
		const said = {
			chat: group,
			text: 'hi all',
			is_topic_message: true,
			message_thread_id: 4,
			reply_to_message: opened,
		};
		expect(read(said)).toMatchObject({ kind: 'ignored' });
	});

	it('in a thread of replies of a group without topics has no topic', () => {
		const answered = { message_id: 4, date: 1, chat: group, from: me, text: 'Done.' };
		expect(read({ chat: group, text: 'thanks', message_thread_id: 4, reply_to_message: answered })).toMatchObject({
			place: { chat: -100, topic: 0, user: 7 },
			replyToMessage: '4',
		});
	});

	it('says the address behind linked words', () => {
		const text = 'compare this and https://b.example';
		const entities = [entity('text_link', 8, 4, { url: 'https://a.example/' }), entity('url', 17, 17)];
		expect(read({ text, entities })).toMatchObject({ text: 'compare this (https://a.example/) and https://b.example' });
	});

	it('brings the largest size of a photo, and a file under a tame name', () => {
		const photo = [
			{ file_id: 's', file_unique_id: 's', width: 90, height: 60 },
			{ file_id: 'l', file_unique_id: 'l', width: 900, height: 600, file_size: 5 },
		];
		expect(read({ photo, caption: 'what is it?' })).toMatchObject({
			text: 'what is it?',
			files: [{ id: 'l', name: 'photo-5.jpg', type: 'image/jpeg', bytes: 5 }],
		});
		const document = { file_id: 'd', file_unique_id: 'd', file_name: '../\u202egnp.exe', mime_type: 'not a type' };
		expect(read({ document })).toMatchObject({ files: [{ name: '..gnp.exe', type: 'application/octet-stream' }] });
	});

	it('of a bot, a channel or nobody is ignored, and so is what the chat itself says', () => {
		for (const message of [
			{ from: me, text: 'x' },
			{ from: undefined, text: 'x' },
			{ sender_chat: group, text: 'x' },
			{ new_chat_members: [ann] },
			{ chat: group, sticker: {} },
		]) {
			expect(read(message)).toMatchObject({ kind: 'ignored' });
		}
		expect(parseUpdate({ update_id: 1, edited_message: {} } as Update, me)).toMatchObject({ kind: 'ignored' });
	});

	it('of a kind that is not understood is recognised in private', () => {
		expect(read({ sticker: {} })).toMatchObject({ kind: 'oddity' });
	});
});

it('is ignored, and known as unreadable, where anything that is read of it is not what Telegram says', () => {
	const odd = [
		{ from: { ...ann, id: 'x' } },
		{ chat: null },
		{ text: { not: 'text' } },
		{ text: 'a', entities: [{ type: 'bold', offset: -1, length: 1 }] },
		{ photo: [] },
		{ photo: [null] },
		{ document: { file_id: 5 } },
		{ message_id: 1e308, text: 'a' },
		{ text: 'a', reply_to_message: { message_id: 1, chat: {} } },
	];
	for (const message of odd) expect(read(message), JSON.stringify(message)).toMatchObject({ unreadable: true });
	expect(read({ text: 'a', never_heard_of: [{ odd: null }] })).toMatchObject({ kind: 'message', text: 'a' });
});
