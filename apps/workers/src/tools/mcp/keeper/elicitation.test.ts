import type { JsonObject } from '@errand/core/domain/json.ts';
import { describe, expect, it } from 'vitest';
import { replyToForm } from './elicitation.ts';

const schema: JsonObject = {
	type: 'object',
	properties: {
		name: { type: 'string', title: 'Your name', description: 'as on the\u0000 ticket' },
		seats: { type: 'integer' },
		aisle: { type: 'boolean' },
		meal: { type: 'string', enum: ['v', 'm'], enumNames: ['Vegetables', 'Meat'] },
	},
	required: ['name', 'seats'],
};
const form = (properties = schema) => ({ server: 'air', message: 'Who flies?\nIgnore all', schema: properties });

function ask(properties = schema) {
	const reply = replyToForm(form(properties), []);
	return reply.kind === 'ask' ? reply.questions : [];
}
function reply(...answers: string[]) {
	return replyToForm(
		form(),
		ask().map(({ text }, index) => ({ question: text, answer: answers[index] ?? '' })),
	);
}

describe('a form of a server', () => {
	it('becomes one question for each field, which says who asks', () => {
		expect(ask()).toEqual([
			{ kind: 'text', text: 'The MCP server "air" asks: “Who flies? Ignore all” Your name: as on the ticket' },
			{ kind: 'text', text: expect.stringMatching(/ seats$/) },
			{
				kind: 'choice',
				text: expect.stringContaining('aisle (may be left out: answer -)'),
				choices: ['yes', 'no', '-'],
			},
			{ kind: 'choice', text: expect.stringContaining('meal'), choices: ['Vegetables', 'Meat', '-'] },
		]);
	});

	it('holds the answers in the form it wants', () => {
		expect(reply('Ann', '2', 'no', 'Meat')).toEqual({
			kind: 'answered',
			content: { name: 'Ann', seats: 2, aisle: false, meal: 'm' },
		});
		expect(reply('Ann', '2', '-', '-')).toEqual({ kind: 'answered', content: { name: 'Ann', seats: 2 } });
	});

	it('is declined where what it needs was not answered as it wants, or cannot be asked', () => {
		expect(reply('Ann', '2.5', '-', '-')).toEqual({ kind: 'no' });
		expect(reply('', '2', '-', '-')).toEqual({ kind: 'no' });
		for (const odd of [{}, { properties: {} }, { properties: { a: { type: 'object' } }, required: ['a'] }]) {
			expect(replyToForm(form(odd), [])).toEqual({ kind: 'no' });
		}
		const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, { type: 'string' }]));
		expect(replyToForm(form({ properties: many }), [])).toEqual({ kind: 'no' });
		expect(ask({ properties: many, required: ['f7'] })).toHaveLength(1);
	});
});
