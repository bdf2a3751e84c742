import { toDiscord } from '@errand/frontends/chat/discord-markdown.ts';
import { toTelegramHtml } from '@errand/frontends/chat/telegram-markdown.ts';
import { smsSegments } from '@errand/frontends/sms/segments.ts';
import { plainOfHtml } from '@errand/frontends/telegram/plain-of-html.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AskedEverywhere, askEverywhere } from '../../harness/everywhere/ask-everywhere.ts';
import { recordedTranscripts, recordTranscripts, transcriptsOf } from '../../harness/everywhere/transcripts.ts';

describe('the same goal on every frontend', () => {
	let asked: AskedEverywhere;
	let text: string;
	beforeAll(async () => {
		asked = await askEverywhere((origin) => `Compare ${origin}/a and ${origin}/b by price and notice period`);
		text = asked.tasks[0]?.result?.text ?? '';
	}, 120_000);

	const answer = (way: string) => asked.shown.get(way)?.answer ?? '';

	it('is planned the same', () => {
		const plans = asked.tasks.map(({ plan, goal }) => ({
			goal,
			by: plan.by,
			note: plan.note,
			steps: plan.steps.map(({ id, title, capability, input, dependsOn }) => ({
				id,
				title,
				capability,
				input,
				dependsOn,
			})),
		}));
		expect(plans).toHaveLength(11);
		expect(plans[0]?.steps.map(({ capability }) => capability)).toEqual([
			'web.read',
			'web.read',
			'text.compare',
			'text.write',
		]);
		for (const plan of plans) expect(plan).toEqual(plans[0]);
	});

	it('is answered the same', () => {
		expect(text).toContain('10 euro per month');
		expect(new Set(asked.tasks.map(({ result }) => result?.text))).toEqual(new Set([text]));
		const [first, ...others] = asked.tasks.map(({ result }) => ({
			sources: result?.sources,
			files: result?.artifacts.map(({ name, bytes }) => ({ name, bytes })),
			warnings: result?.warnings,
		}));
		for (const other of others) expect(other).toEqual(first);
	});

	it('is shown as each platform shows things', () => {
		for (const way of ['Discord, in private', 'Discord, in a channel']) expect(answer(way)).toContain(toDiscord(text));
		const onTelegram = plainOfHtml(toTelegramHtml(text));
		for (const way of ['Telegram, in private', 'Telegram, in a group']) expect(answer(way)).toContain(onTelegram);
		const texted = answer('SMS');
		// What to do comes first where little fits; the table is behind the link.
		expect(texted).toMatch(/^Recommendation\s+Plan Ten\s+- Lowest price/);
		expect(texted).toMatch(/\n2 files: https:\/\/errand\.example\/s\/[\w-]+$/);
		expect(smsSegments(texted).segments).toBeLessThanOrEqual(3);
		for (const way of ['The page', 'A webhook', 'The REST API']) expect(answer(way)).toBe(text);
		for (const way of ['Chat completions', 'Responses']) expect(answer(way).startsWith(text)).toBe(true);
		expect(answer('The terminal')).toMatch(/^Price +│ 10 euro per month/m);
	});

	it('looks as docs/frontends.md shows it', async () => {
		const transcripts = transcriptsOf(asked);
		if (process.env['ERRAND_RECORD'] !== undefined) await recordTranscripts(transcripts);
		expect(await recordedTranscripts()).toBe(transcripts);
	});
});
