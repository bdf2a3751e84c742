import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import { homeOf } from '../../domain/conversation/places.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import { asReplyId, type ConversationId, conversationStream, type PersonId } from '../../domain/ids.ts';
import type { PersonView } from '../../domain/person/person-view.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IFrontend } from '../../ports/frontend.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import { asleepUntil } from './asleep-until.ts';
import { replyKey } from './reply-delivery.ts';

interface Dependencies {
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle' | 'state'>;
	readonly people: Pick<IPeopleDesk, 'view'>;
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly clock: IClock;
}

/** PersonNotice is something to tell somebody; without a conversation it is told where they want answers, and on their page. */
export interface PersonNotice {
	/** The same for every try to tell it. */
	readonly key: string;
	readonly person: PersonId;
	readonly conversation?: ConversationId | undefined;
	/** Told where they want answers as well as in its conversation. */
	readonly alsoPreferred?: boolean | undefined;
	/** Markdown. */
	readonly text: string;
}

/** PersonNotices tell people what no task says; not while they sleep, and each once in a place. */
export class PersonNotices {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Resolves once it is durable; nothing is said to somebody who was forgotten. */
	async tell({ key, person: to, conversation, alsoPreferred, text }: PersonNotice): Promise<void> {
		const person = await this.#deps.people.view(to);
		if (person === undefined) return;
		const also = alsoPreferred === true ? wantedPlaces(person) : [];
		const places = conversation === undefined ? placesOf(person) : [...new Set([conversation, ...also])];
		await Promise.all(places.map((place) => this.#record(place, { key, text, person })));
	}

	async #record(
		place: ConversationId,
		{ key, text, person }: { readonly key: string; readonly text: string; readonly person: PersonView },
	): Promise<void> {
		const at = this.#deps.clock.now();
		const notBefore = await asleepUntil(this.#deps, place, { person, now: at });
		const reply = { id: asReplyId(key), kind: 'notice', text, to: person.id } as const;
		const command = { type: 'RecordReply', at, reply, ...(notBefore === undefined ? {} : { notBefore }) } as const;
		await this.#deps.conversations.handle(conversationStream(place), command, replyKey(place, reply));
	}
}

function placesOf(person: PersonView): readonly ConversationId[] {
	return [...new Set([...homesOf([`web:${person.id}`]), ...wantedPlaces(person)])];
}

function wantedPlaces({ id, identities, preferences }: PersonView): readonly ConversationId[] {
	const { answers } = preferences.notify;
	if (answers === 'web') return homesOf([`web:${id}`]);
	const wanted = identities.find(({ identity }) => identity.startsWith(`${answers}:`));
	return homesOf(wanted === undefined ? [] : [wanted.identity]);
}

function homesOf(accounts: readonly string[]): readonly ConversationId[] {
	return accounts.flatMap((account) => homeOf(account) ?? []);
}
