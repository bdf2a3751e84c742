import { setTimeout as wait } from 'node:timers/promises';
import { CoreError } from '@errand/core/domain/errors.ts';
import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import { confirm } from '../setup/confirm.ts';
import type { EnvChanges } from '../setup/env-text.ts';
import { chooseOwner, ownerChange, ownersOf } from './owners.ts';
import type { ITelegramApi, TelegramBot, TelegramStart } from './telegram-api.ts';
import { tryOut, type Walk } from './walk.ts';

const PATIENCE_S = 60;

/** findTelegramOwner learns who the owner is from their pressing Start, or by asking for their id. */
export async function findTelegramOwner(
	walk: Walk,
	{ api, bot, canAsk }: { api: ITelegramApi; bot: TelegramBot; canAsk: boolean },
): Promise<EnvChanges> {
	const { asker, typed, known } = walk;
	const asks = canAsk && !typed.yes && typed.owner === undefined;
	if (asks && ownersOf(known['ERRAND_OWNERS'], 'telegram').length === 0) {
		const code = walk.secret().slice(0, 12);
		asker.say('');
		asker.say(
			'Errand answers you without letting you in first when it knows your account. Open this link and press Start:',
		);
		asker.say(`  https://t.me/${bot.username}?start=${code}`);
		asker.say('(or send “/start” to the bot).');
		const answer = await asker.ask('Press Enter once you have, or type “skip” to give your id instead:');
		if (!/^s(?:kip)?$/i.test(answer)) {
			const found = await tryOut(walk, `Looking for your Start, for up to ${PATIENCE_S} seconds`, () =>
				awaitStart(walk, { api, code }),
			);
			if (found !== undefined) return ownerChange(known['ERRAND_OWNERS'], `telegram:${found.id}`);
		}
	}
	return await chooseOwner(walk, {
		frontend: 'telegram',
		explain: ['Your Telegram user id is a number; @userinfobot tells it to whoever writes to it.'],
		words: 'Your user id',
		read: (text) => (/^[1-9]\d{3,15}$/.test(text) ? text : undefined),
		wrong: 'A user id is a number such as 123456789; not a name, nor a phone number.',
	});
}

/** Somebody with the link's code is the owner; anybody else who pressed Start may be a stranger, so it is asked. */
async function awaitStart(
	{ asker, signal }: Walk,
	{ api, code }: { api: ITelegramApi; code: string },
): Promise<TelegramStart> {
	const others = new Set<number>();
	const deadline = performance.now() + PATIENCE_S * 1_000;
	while (performance.now() < deadline) {
		const begunAt = performance.now();
		const starts = await api.starts(POLL_S);
		const owner = starts.find((start) => start.code === code);
		if (owner !== undefined) {
			asker.say(`  ✓ You are ${cleanLine(owner.name)}, ${owner.id}.`);
			return owner;
		}
		for (const start of starts.toReversed()) {
			if (others.has(start.id)) continue;
			others.add(start.id);
			if (await confirm(asker, `${cleanLine(start.name)}, ${start.id}, pressed Start. Is that you?`, false))
				return start;
		}
		// Updates that are there already come at once, each time.
		if (performance.now() - begunAt < 1_000) await wait(1_000, undefined, { signal }).catch(() => undefined);
		if (signal.aborted) throw new CoreError('cancelled', 'The set-up was ended.', { hint: 'Nothing was written.' });
	}
	throw new CoreError('timed-out', 'Your Start was not seen.', {
		hint: 'Look whether it is the right bot, and that Errand does not run meanwhile; it would have fetched it.',
	});
}

const POLL_S = 10;
