import type { APIMessage } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { parseMessage } from './parse-message.ts';

const me = { user: '1', roles: new Set(['9']) };
const ann = { id: '2', username: 'ann', global_name: 'Ann' };
const bob = { id: '3', username: 'bob', global_name: null };

function aMessage(fields: object): APIMessage {
	return {
		id: '10',
		type: 0,
		author: ann,
		content: '',
		attachments: [],
		mentions: [],
		mention_roles: [],
		...fields,
	} as never;
}

describe('a message', () => {
	it('is said without the bot’s name, and with others’ names as they are called', () => {
		const content = '<@1>  ask <@!3> and <@4> about <:party:55> <@&9>';
		const said = parseMessage(aMessage({ content, mentions: [{ id: '1', username: 'errand' }, bob] }), me);
		expect(said).toMatchObject({ text: 'ask @bob and @<@4> about :party:', addressed: true });
	});

	it('addresses the bot by its role, or by replying to it', () => {
		expect(parseMessage(aMessage({ content: '<@&9> hi', mention_roles: ['9'] }), me)).toMatchObject({
			addressed: true,
		});
		expect(parseMessage(aMessage({ content: '<@&8> hi', mention_roles: ['8'] }), me)).toMatchObject({
			addressed: false,
		});
		const mine = { author: { id: '1' }, message_reference: { message_id: '5' } };
		const reply = aMessage({
			type: 19,
			content: 'more',
			message_reference: { message_id: '7' },
			referenced_message: mine,
		});
		expect(parseMessage(reply, me)).toMatchObject({ addressed: true, replyToMessage: '7', threadedOn: '5' });
	});

	it('that is forwarded is quoted with its files', () => {
		const file = { id: '6', filename: 'a.txt' };
		const copy = { message: { content: 'one\ntwo', attachments: [file] } };
		const forwarded = aMessage({ message_reference: { type: 1, message_id: '7' }, message_snapshots: [copy] });
		expect(parseMessage(forwarded, me)).toEqual({ text: '> one\n> two', attachments: [file], addressed: false });
	});

	it('of the bot itself, another bot, a webhook or Discord is none', () => {
		for (const fields of [
			{ author: { ...ann, id: '1' } },
			{ author: { ...ann, bot: true } },
			{ author: { ...ann, system: true } },
			{ webhook_id: '5' },
			{ application_id: '5' },
			{ type: 7 },
			{ type: 20 },
		]) {
			expect(parseMessage(aMessage({ content: '<@1> hi', ...fields }), me)).toBeUndefined();
		}
	});
});
