import { asQuestionId, asReplyId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { describe, expect, it } from 'vitest';
import { renderSms } from './render-sms.ts';
import { smsSegments } from './segments.ts';
import { smsConversation } from './sms-address.ts';

const LINK = 'https://errand.example/s/abc';

function reply(text: string, more: Partial<Reply> = {}): Reply {
	const conversation = smsConversation('+15551230001');
	return { id: asReplyId('r'), kind: 'answer', text, conversation, seq: 1, taskId: asTaskId('t'), ...more };
}

function ask(question: Omit<Question, 'id' | 'purpose' | 'text'>, text = 'Well?') {
	return reply(text, { kind: 'question', question: { id: asQuestionId('q'), purpose: 'step', text, ...question } });
}

const show = (one: Reply, link: string | undefined = LINK) => renderSms(one, { link, pictures: 0 });

describe('a reply as a text message', () => {
	it('has no marks', () => {
		const text = show(reply('# Title\n\n**Bold** and `code`, see [here](https://x.example/)\n\n- one\n- two'));
		expect(text).toBe('Title\n\nBold and code, see here: https://x.example/\n\n- one\n- two');
	});

	it('keeps its sentences rather than its tables where it does not fit', () => {
		const row = (n: number) => `| Premium ${n} | $${n} a year [${n}] | $${n + 1} a year [${n}][${n + 1}] |`;
		const table = ['| | Alder | Oak |', '| --- | --- | --- |', ...Array.from({ length: 20 }, (_, n) => row(n))].join(
			'\n',
		);
		const advice = '## Recommendation\n\n**Oak**, because it covers floods [3][4].';
		const text = show(reply(`${table}\n\n${advice}`));
		expect(text).toBe(`Recommendation\n\nOak, because it covers floods. ... more: ${LINK}`);
		expect(show(reply(table))).toMatch(/^Premium 0/);
		expect(show(reply(`${row(1)}\n\n${advice}`))).toContain('[3][4]');
	});

	it('about progress is one segment without a link', () => {
		const text = show(reply('working '.repeat(100), { kind: 'progress' }));
		expect(smsSegments(text).segments).toBe(1);
		expect(text).not.toContain('http');
	});

	it('asks for a number', () => {
		expect(show(ask({ kind: 'choice', choices: ['a', 'b', 'c', 'd'] }))).toBe(
			'Well?\n1) a\n2) b\n3) c\n4) d\nReply with a number from 1 to 4.',
		);
		expect(show(ask({ kind: 'choice', choices: ['only'] }))).toContain('Reply 1, or in your own words.');
	});

	it('names what an approval is for', () => {
		const text = show(ask({ kind: 'approval', effect: { hash: 'h', summary: 'Sends 40 EUR to Bob' } }));
		expect(text).toBe('Well?\n\nSends 40 EUR to Bob\nReply YES or NO.');
	});

	it('warns of secrets', () => {
		expect(show(ask({ kind: 'secret' }))).toBe("Well?\nTexts are not private: better answer on Errand's page.");
	});

	it('keeps all choices and stays within what Twilio takes', () => {
		const choices = Array.from({ length: 30 }, (_, n) => `Choice ${n} ${'Ж'.repeat(500)}`);
		const text = show(ask({ kind: 'choice', choices }, 'Q'.repeat(5_000)));
		expect(text.length).toBeLessThanOrEqual(1_600);
		for (let n = 1; n <= 30; n += 1) expect(text).toContain(`\n${n}) Choice`);
		expect(text.endsWith('Reply with a number from 1 to 30.')).toBe(true);
	});

	it('counts files and links to them once', () => {
		const artifacts = ['a', 'b'].map((id) => ({ id, name: id, type: 'text/csv', bytes: 1 }));
		expect(show(reply('Here.', { artifacts }))).toBe(`Here.\n2 files: ${LINK}`);
		const long = show(reply('Here. '.repeat(300), { artifacts }));
		expect(long.split(LINK)).toHaveLength(2);
		expect(renderSms(reply('Here.', { artifacts }), { pictures: 0 })).toBe("Here.\n2 files on Errand's page");
	});

	it('is harmless and never empty-handed with hostile words', () => {
		for (const text of [
			'Z\u0351\u034a\u0347\u034a\u0351\u0347\u034a',
			'\u202egnp.exe',
			'\u0000\u0007',
			'<script>alert(1)</script>',
			'@everyone',
			'\ud800',
		]) {
			const shown = show(reply(text));
			expect(shown).not.toMatch(/(?!\n)\p{Cc}|\u202e|\p{M}{5}/u);
			expect(shown.isWellFormed()).toBe(true);
			expect(shown).not.toBe('');
		}
	});
});
