import { LRUCache } from 'lru-cache';
import { CoreError, isCoreError } from '../../domain/errors.ts';
import { readCode, showCode } from '../../domain/person/code-words.ts';
import { PEOPLE_LIMITS } from '../../domain/person/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { InboundMessage } from '../../ports/frontend.ts';
import type { ILogger } from '../../ports/logger.ts';
import { TokenBuckets } from '../commands/token-buckets.ts';
import type { IConversationDesk, Principal } from '../desks/desk.ts';
import type { IPeopleDesk } from '../desks/people.ts';

interface Dependencies {
	readonly people: Pick<IPeopleDesk, 'whoIs' | 'link' | 'requestPairing'>;
	readonly conversations: Pick<IConversationDesk, 'receive'>;
	readonly log: ILogger;
	readonly clock: IClock;
}

// A stranger may have to be told a few times. Each new one leaves a fact in history, so that all together are held to what a
// server bears for years; and a burst of them does not push out everybody who waits.
const PER_STRANGER = { burst: 10, perSecond: 1 / 30 };
const ALL_STRANGERS = { burst: 0.8 * PEOPLE_LIMITS.openPairings, perSecond: 1 / 30 };
// A right code is heard in any flood of wrong ones; what is wrong with those is told to no more than these.
const WRONG_LINKS = { burst: 50, perSecond: 1 / 30 };

/** FrontDoor takes messages from all frontends: those of known people go on, strangers are told how to get in. */
export class FrontDoor {
	readonly #deps: Dependencies;
	readonly #perStranger: TokenBuckets;
	readonly #allStrangers: TokenBuckets;
	readonly #wrongLinks: TokenBuckets;
	/** Until when the code holds of each stranger who was told one; not more of them than wait at once. */
	readonly #told = new LRUCache<string, number>({ max: PEOPLE_LIMITS.openPairings });

	constructor(deps: Dependencies) {
		const now = () => deps.clock.now();
		this.#deps = deps;
		this.#perStranger = new TokenBuckets({ ...PER_STRANGER, now });
		this.#allStrangers = new TokenBuckets({ ...ALL_STRANGERS, now });
		this.#wrongLinks = new TokenBuckets({ ...WRONG_LINKS, now });
	}

	/** Resolves once the message is durable; rejects with a CoreError whose words are for the sender. */
	async receive(message: InboundMessage): Promise<{ id: string }> {
		const { people, conversations } = this.#deps;
		const code = linkCodeIn(message.text);
		const known = await people.whoIs(message.identity);
		const principal = known ?? (code === undefined ? await this.#pair(message) : await this.#link(message, code));
		// However a code was sent, it was the command.
		return conversations.receive(principal, code === undefined ? message : { ...message, text: `/link ${code}` });
	}

	/** Who a stranger turns out to be by the link code they bring. */
	async #link(message: InboundMessage, code: string): Promise<Principal> {
		const { identity, direct, frontend, name } = message;
		this.#admit(this.#perStranger, identity);
		if (!direct) {
			this.#admit(this.#wrongLinks, '');
			throw new CoreError('unpaired', 'A link code is for nobody else to read.', {
				hint: 'Write me privately: `/link` and the code.',
			});
		}
		try {
			const { id, role } = await this.#deps.people.link(identity, code, name);
			this.#deps.log.info('account linked', { frontend, person: id });
			return { person: id, role };
		} catch (error) {
			if (isCoreError(error, 'invalid-input')) this.#admit(this.#wrongLinks, '');
			throw error;
		}
	}

	/** Tells a stranger how to get in. */
	async #pair({ identity, name, frontend }: InboundMessage): Promise<never> {
		this.#admit(this.#perStranger, identity);
		// Telling the same code again leaves nothing in history.
		if ((this.#told.get(identity) ?? 0) <= this.#deps.clock.now()) this.#admit(this.#allStrangers, '');
		const { code, expiresAt } = await this.#deps.people.requestPairing(identity, name);
		this.#told.set(identity, expiresAt);
		this.#deps.log.info('stranger told to pair', { frontend });
		const shown = showCode(readCode(code) ?? code);
		// Short enough for one text message.
		throw new CoreError('unpaired', `I do not know you yet. Your code is ${shown}.`, {
			hint: `Ask the owner of this server to write \`/pair ${shown}\`, then write again. Or \`/link\` where I know you.`,
		});
	}

	#admit(buckets: TokenBuckets, key: string): void {
		const waitMs = buckets.take(key);
		if (waitMs === 0) return;
		throw new CoreError('rate-limited', 'Too many messages came from accounts that are not known here.', {
			hint: `Write again in ${Math.ceil(waitMs / 1_000)} s, or ask the owner of this server to let you in.`,
		});
	}
}

/** `/link K7QF-2M9D`; also without the slash, when what follows looks like a code and not like a word of eight letters. */
function linkCodeIn(text: string): string | undefined {
	const found = /^\s{0,50}(\/)?link(?:@\w{1,64})?\s+(\S.{0,60}?)\s*$/i.exec(text);
	const [, slash, code = ''] = found ?? [];
	if (code === '') return undefined;
	return slash !== undefined || (readCode(code) !== undefined && /\d|\S{4}\p{Pd}\S{4}/u.test(code)) ? code : undefined;
}
