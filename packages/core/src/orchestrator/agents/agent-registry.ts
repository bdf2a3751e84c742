import { agentStream, type PersonId } from '../../domain/ids.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';

/** AgentEntry is what the index says of an agent. */
export interface AgentEntry {
	readonly name: string;
	readonly topics: readonly string[];
}

export const AGENT_PREFIX = agentStream('');

/** AgentRegistry knows which agents there are; where nobody else appends, it reads the index only after a change. */
export class AgentRegistry {
	readonly #index: IStreamIndex;
	readonly #alone: boolean;
	#known: Promise<readonly AgentEntry[]> | undefined;

	constructor({ index, alone }: { index: IStreamIndex; alone: boolean }) {
		this.#index = index;
		this.#alone = alone;
	}

	/** Every agent that is registered, those first that began last. */
	all(): Promise<readonly AgentEntry[]> {
		if (!this.#alone) return this.#list();
		if (this.#known === undefined) {
			const listed = this.#list();
			this.#known = listed;
			listed.catch(() => {
				if (this.#known === listed) this.#known = undefined;
			});
		}
		return this.#known;
	}

	async subscribersOf(topic: string): Promise<readonly string[]> {
		return (await this.all()).flatMap(({ name, topics }) => (topics.includes(topic) ? [name] : []));
	}

	/** How many a person has. */
	async countOf(person: PersonId): Promise<number> {
		return (await this.#list(person)).length;
	}

	/** Agents came, went or listen to something else. */
	changed(): void {
		this.#known = undefined;
	}

	async #list(person?: PersonId): Promise<readonly AgentEntry[]> {
		const entries: AgentEntry[] = [];
		let before: number | undefined;
		do {
			const rows = await this.#index.list({ prefix: AGENT_PREFIX, person, before, limit: 500 });
			for (const { summary } of rows) {
				const { name, gone, topics } = summary;
				if (gone === true || typeof name !== 'string' || name === '') continue;
				entries.push({ name, topics: typeof topics === 'string' && topics !== '' ? topics.split(' ') : [] });
			}
			before = rows.length === 500 ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		return entries;
	}
}
