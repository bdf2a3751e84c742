import { asConversationId, asReplyId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { describe, expect, it } from 'vitest';
import { nonceFor } from './nonce.ts';
import { DISCORD_LIMITS, renderProgress, renderReply } from './render-reply.ts';

const place = { kind: 'dm', user: '5' } as const;
const MEGABYTE = 1024 * 1024;

function aReply(fields: Partial<Reply>): Reply {
	return {
		id: asReplyId('t.1'),
		kind: 'answer',
		conversation: asConversationId('discord-dm-5'),
		seq: 1,
		text: 'Done.',
		...fields,
	};
}

function file(bytes: number, name = 'a.txt') {
	return { id: name, name, type: 'text/plain', bytes };
}

describe('a rendered reply', () => {
	it('puts what can be pressed under the last part', () => {
		const question = { id: 'q', kind: 'approval', purpose: 'step', text: 'May I?' } as never;
		const parts = renderReply(aReply({ kind: 'question', text: 'word '.repeat(900), question }), place);
		expect(parts.length).toBeGreaterThan(1);
		expect(parts.map(({ rows }) => rows.length)).toEqual([...parts.slice(1).map(() => 0), 1]);
	});

	it('says what an approval is for', () => {
		const effect = { hash: 'h', summary: 'Send the form to shop.example' };
		const question = { id: 'q', kind: 'approval', purpose: 'effect', text: 'May I?', effect } as never;
		const [part] = renderReply(aReply({ kind: 'question', text: 'May I?', question }), place);
		expect(part?.content).toContain('shop.example');
	});

	it('spreads files over messages as Discord takes them', () => {
		const artifacts = [
			...Array.from({ length: 12 }, (_, n) => file(1_000, `${n}`)),
			...Array(3).fill(file(9 * MEGABYTE)),
		];
		const parts = renderReply(aReply({ artifacts }), place);
		expect(parts[0]?.content).toBe('Done.');
		expect(parts.flatMap(({ files }) => files)).toEqual(artifacts);
		for (const { files } of parts) {
			expect(files.length).toBeLessThanOrEqual(DISCORD_LIMITS.files);
			expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(DISCORD_LIMITS.filesOfMessage);
		}
	});

	it('names files that are too large, with their page where there is one', () => {
		const reply = aReply({ artifacts: [file(11 * MEGABYTE, 'film.mp4')], taskId: asTaskId('t') });
		expect(renderReply(reply, place)[0]?.content).toContain('film.mp4');
		expect(renderReply(reply, place, 'https://errand.example')[0]?.content).toContain(
			'https://errand.example/#/tasks/t',
		);
	});

	it('is the beginning only, where it is one message that is edited', () => {
		const text = renderProgress(aReply({ kind: 'progress', text: 'step\n\n'.repeat(900) }));
		expect(text.length).toBeLessThanOrEqual(DISCORD_LIMITS.text);
		expect(text.endsWith('…')).toBe(true);
	});

	it('has for each part a name of its own, the same each time, in 25 characters', () => {
		const reply = aReply({});
		const names = [nonceFor(reply, 0), nonceFor(reply, 1), nonceFor({ ...reply, id: asReplyId('t.2') }, 0)];
		expect(new Set(names).size).toBe(3);
		expect(nonceFor(aReply({ text: 'otherwise' }), 0)).toBe(names[0]);
		expect(nonceFor(reply, 1_295).length).toBeLessThanOrEqual(25);
	});
});
