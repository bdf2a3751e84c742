import { CHAT_COMMANDS, readChatCommand } from '@errand/core/domain/conversation/chat-command.ts';
import { ApplicationCommandOptionType } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { commandPlace } from './command-place.ts';
import { choicesFor, commandText, sameCommands, slashCommands, suggestedFor } from './slash-commands.ts';

describe('slash commands', () => {
	it('are all commands of the chat, in the shape Discord takes', () => {
		const commands = slashCommands() as readonly {
			name: string;
			description: string;
			options: { required: boolean }[];
		}[];
		expect(commands.map(({ name }) => name)).toEqual(Object.keys(CHAT_COMMANDS));
		for (const { name, description, options } of commands) {
			expect(name).toMatch(/^[\w-]{1,32}$/);
			expect(description.length).toBeLessThanOrEqual(100);
			const required = options.map((option) => option.required);
			expect(required).toEqual(required.toSorted((a, b) => Number(b) - Number(a)));
		}
	});

	it('are the same after Discord has added what it adds', () => {
		const registered = slashCommands().map((command, index) => ({
			...command,
			id: String(index),
			version: '1',
			nsfw: false,
			integration_types: [0],
		}));
		expect(sameCommands(registered.toReversed() as never, slashCommands())).toBe(true);
		expect(sameCommands(registered.slice(1) as never, slashCommands())).toBe(false);
		expect(sameCommands([], slashCommands())).toBe(false);
	});

	it('are put back together as they would be written', () => {
		const type = ApplicationCommandOptionType.Integer as const;
		const words = ApplicationCommandOptionType.String as const;
		expect(commandText('status', [{ name: 'n', type, value: 3 }])).toBe('/status 3');
		expect(commandText('tasks')).toBe('/tasks');
		const answer = commandText('answer', [
			{ name: 'text', type: words, value: 'the red one' },
			{ name: 'n', type, value: 2 },
		]);
		expect(readChatCommand(answer)).toMatchObject({ name: 'answer', number: 2, rest: 'the red one' });
	});

	it('offer tasks by number and by words, as many and as long as Discord takes', () => {
		const tasks = Array.from({ length: 40 }, (_, index) => ({
			value: String(index + 1),
			label: `${index + 1} · goal ${'\u202eevil '.repeat(40)} (done)`,
		}));
		const all = choicesFor('task', tasks, '');
		expect(all).toHaveLength(25);
		expect(all.every(({ name }) => name.length <= 100 && !name.includes('\u202e'))).toBe(true);
		expect(choicesFor('task', tasks, '#40').map(({ value }) => value)).toEqual([40]);
		expect(choicesFor('task', tasks, 'goal')).toHaveLength(25);
	});

	it('offer names by how they begin and by words in their titles', () => {
		const workflows = [
			{ value: 'compare-offers', label: 'compare-offers · Compare 10 offers' },
			{ value: 'weekly', label: 'weekly · What is new this week' },
			{ value: 'x'.repeat(101), label: 'Too long to be chosen' },
		];
		const found = (typed: string) => choicesFor('workflow', workflows, typed).map(({ value }) => value);
		expect(found('')).toEqual(['compare-offers', 'weekly']);
		expect(found('WHAT is')).toEqual(['weekly']);
		expect(found('10')).toEqual([]);
		expect(suggestedFor('run', 'what')).toBe('workflow');
		expect(suggestedFor('unschedule', 'n')).toBe('schedule');
		expect(suggestedFor('unlink', 'account')).toBe('account');
		expect(suggestedFor('new', 'goal')).toBeUndefined();
		expect(suggestedFor('answer', 'n')).toBeUndefined();
		expect(suggestedFor('no-such', 'n')).toBeUndefined();
	});

	it('belong to the thread they concern, or to the person alone', () => {
		const where = { user: '5', channel: '7' };
		const thread = { kind: 'thread', parent: '1', owner: '9' } as const;
		const inThread = { kind: 'shared', channel: '1', root: '7', user: '5' };
		const home = { kind: 'dm', user: '5' };
		expect(commandPlace('cancel', { ...where, found: thread })).toEqual({
			kind: 'in',
			place: inThread,
			ephemeral: true,
		});
		expect(commandPlace('new', { ...where, found: thread })).toEqual({ kind: 'in', place: inThread, ephemeral: false });
		expect(commandPlace('link', { ...where, found: thread })).toEqual({ kind: 'in', place: home, ephemeral: true });
		expect(commandPlace('link', { ...where, found: { kind: 'channel' } })).toEqual({
			kind: 'in',
			place: home,
			ephemeral: true,
		});
		expect(commandPlace('new', { ...where, found: { kind: 'channel' } })).toEqual({ kind: 'begins', channel: '7' });
		expect(commandPlace('new', { ...where, found: { kind: 'dm' } })).toEqual({
			kind: 'in',
			place: home,
			ephemeral: false,
		});
	});
});
