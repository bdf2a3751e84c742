import { describe, expect, it } from 'vitest';
import { boardAddress, conversationAddress, parseRoute, taskAddress } from './route.ts';

describe('parseRoute', () => {
	it('shows the chat unless told otherwise', () => {
		expect(parseRoute('/', '')).toEqual({ name: 'chat' });
		expect(parseRoute('/', '#/nonsense')).toEqual({ name: 'chat' });
	});

	it('reads the one-time code out of the fragment', () => {
		expect(parseRoute('/login', '#code=ab%2Bc')).toEqual({ name: 'login', code: 'ab+c' });
		expect(parseRoute('/login', '')).toEqual({ name: 'login', code: undefined });
	});

	it('knows the parts beside the chat, and conversations held elsewhere', () => {
		for (const name of ['people', 'frontends', 'conversations', 'system', 'backlogs', 'models', 'memory'] as const) {
			expect(parseRoute('/', `#/${name}`)).toEqual({ name });
		}
		expect(parseRoute('/', '#/people/more')).toEqual({ name: 'chat' });
		const id = 'telegram--100.5-4711';
		expect(parseRoute('/', conversationAddress(id).slice(1))).toEqual({ name: 'conversation', id });
	});

	it('finds a board, and the item that is open on it', () => {
		const id = 'b-1 2';
		expect(parseRoute('/', boardAddress(id).slice(1))).toEqual({ name: 'backlog', id, item: undefined });
		expect(parseRoute('/', boardAddress(id, 7).slice(1))).toEqual({ name: 'backlog', id, item: 7 });
		expect(parseRoute('/', '#/tasks/t1/7')).toEqual({ name: 'chat' });
	});

	it('finds the task it made an address for, and survives a broken one', () => {
		expect(parseRoute('/', taskAddress('a/b c').slice(1))).toEqual({ name: 'task', id: 'a/b c' });
		expect(parseRoute('/', '#/tasks/%E0%A4%A')).toEqual({ name: 'task', id: '%E0%A4%A' });
	});
});
