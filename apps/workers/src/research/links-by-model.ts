import { structuredReply } from '@errand/core/models/structured-reply.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import type { ModelMessage } from '@errand/core/ports/language-model.ts';
import { z } from 'zod';
import { roomFor } from '../text/model/asking/text-size.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../text/model/asking/untrusted.ts';
import type { ScoredLink } from './score-links.ts';

/** More candidates cost tokens, and the rules have put the likely ones first. */
const MAX_CANDIDATES = 80;
const MAX_TOKENS = 1_500;

const Choice = z.object({
	links: z
		.array(z.object({ number: z.int(), why: z.string() }))
		.describe('Numbers of the links worth reading, the best first; why: at most 12 words'),
});

/**
 * linksByModel lets the model choose among the candidates by number. It never writes an address, so that none can be made up,
 * by it or by a page that speaks to it. Rejects as `structuredReply` does.
 */
export async function linksByModel(
	model: RunModel,
	possible: readonly ScoredLink[],
	{ topic, maxLinks }: { topic: string; maxLinks: number },
): Promise<ScoredLink[]> {
	const candidates = possible.slice(0, MAX_CANDIDATES);
	if (candidates.length === 0) return [];
	const { value } = await structuredReply(model, {
		purpose: 'web.links',
		messages: messagesFor(candidates, topic, maxLinks, roomFor(model.contextTokens, MAX_TOKENS)),
		maxTokens: MAX_TOKENS,
		name: 'chosen_links',
		schema: Choice,
	});
	const chosen = new Map<ScoredLink, string>();
	for (const { number, why } of value.links) {
		const link = candidates[number - 1];
		if (link !== undefined && !chosen.has(link)) chosen.set(link, why);
	}
	return [...chosen].slice(0, maxLinks).map(([link, why]) => ({ ...link, why: words(why) || link.why }));
}

function messagesFor(candidates: readonly ScoredLink[], topic: string, maxLinks: number, room: number): ModelMessage[] {
	const list = candidates.map(lineOf).join('\n');
	const { text } = wrapUntrusted([{ title: 'Links found on the pages', markdown: list }], room);
	const task = [
		`You choose which links are worth reading for research. The links are numbered; you answer with at most ${maxLinks} numbers, the best first, and why in a few words.`,
		'Choose pages that probably tell facts, figures, dates, positions or documents on the topic; also lists that lead to such pages.',
		'Leave out what is about something else, and what only repeats another link. Choose fewer, or none, where little is worth reading.',
		UNTRUSTED_RULES,
	].join('\n');
	return [
		{ role: 'system', text: task },
		{ role: 'user', text: `Topic: ${topic}\n\n${text}` },
	];
}

function lineOf({ candidate: { url, line, heading, from }, title }: ScoredLink, index: number): string {
	const { host, pathname } = new URL(url);
	const around = [heading, line === '' ? '' : words(line)].filter((part) => part !== '' && part !== title);
	return `${index + 1}. “${words(title)}” (${host}${pathname.slice(0, 100)}), on “${words(from.title)}”${around.length === 0 ? '' : `: ${around.join(' — ')}`}`;
}

const MAX_WORDS = 160;

function words(text: string): string {
	const even = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
	return even.length <= MAX_WORDS ? even : `${even.slice(0, MAX_WORDS - 1)}…`.toWellFormed();
}
