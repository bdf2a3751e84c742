import type { Spending } from '../../ports/model-ledger.ts';
import type { ModelHealth, ModelView } from '../desks/models.ts';
import { chatList } from './chat-list.ts';
import { code } from './people.ts';

const HEALTH_WORDS: Readonly<Record<ModelHealth, string>> = {
	up: 'up',
	slow: 'slow',
	down: 'down',
	unknown: 'not asked yet',
};

/** modelsReply answers `/model`: which ones there are, and which one is asked. */
export function modelsReply(views: readonly ModelView[], pinned: string | undefined): string {
	if (views.length === 0) return 'No language model is set up here, so rules plan and write.';
	const lines = views.map(({ name, tiers, health, price, trouble }) => {
		const cost = price === undefined ? [] : [`$${price.input} in and $${price.output} out for a million tokens`];
		const parts = [...(tiers.length === 0 ? [] : [tiers.join(' and ')]), HEALTH_WORDS[health], ...cost];
		return `- ${code(name)} – ${parts.join(', ')}${trouble === undefined ? '' : `. ${trouble}`}`;
	});
	return [
		pinnedReply(pinned),
		chatList(lines),
		'`/model NAME` has all your work go to one of them, `/model auto` leaves the choice to Errand.',
	].join('\n\n');
}

/** pinnedReply says which model a person's work goes to. */
export function pinnedReply(pinned: string | undefined): string {
	return pinned === undefined
		? 'Errand chooses the model for each thing you ask.'
		: `All your work goes to ${code(pinned)}.`;
}

/** usageReply answers `/usage`: what models cost, by model, and to the owner by person. */
export function usageReply({
	days,
	byModel,
	byPerson,
}: {
	readonly days: number;
	readonly byModel: readonly Spending[];
	readonly byPerson: readonly Spending[];
}): string {
	const when = days === 1 ? 'today (UTC)' : `in the last ${days} days`;
	if (byModel.length === 0) return `No language model was asked ${when}.`;
	const all = byModel.reduce((sum, { microUsd }) => sum + microUsd, 0);
	const tokens = byModel.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
	const calls = byModel.reduce((sum, one) => sum + one.calls, 0);
	const head = `${dollars(all)} ${when}: ${counted(calls, 'call')}, ${counted(tokens, 'token')}.`;
	const models = chatList(byModel.map((one) => line(one.key, one)));
	if (byPerson.length < 2) return `${head}\n\n${models}`;
	return [
		head,
		models,
		'By person:',
		chatList(byPerson.map((one) => line(one.key || 'nobody in particular', one))),
	].join('\n\n');
}

function line(name: string, { calls, inputTokens, outputTokens, microUsd }: Spending): string {
	return `- ${code(name)} – ${dollars(microUsd)}, ${counted(calls, 'call')}, ${counted(inputTokens + outputTokens, 'token')}`;
}

function dollars(microUsd: number): string {
	const amount = microUsd / 1_000_000;
	if (amount === 0) return '$0';
	return amount < 0.01 ? 'less than 1 ¢' : `$${amount.toFixed(2)}`;
}

function counted(count: number, what: string): string {
	return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
