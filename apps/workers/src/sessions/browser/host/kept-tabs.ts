import type { StepId } from '@errand/core/domain/ids.ts';
import { MAX_TAB_ORIGINS, type TabState, type TabStorage } from './tab-state.ts';

/** LeftTab is the address at which a step left its tab. */
interface LeftTab {
	readonly step: StepId;
	readonly address: string;
}

/** KeptTabsState is what is kept of tabs, as it stands beside the rest of a context's state. */
export interface KeptTabsState {
	readonly left: readonly LeftTab[];
	readonly storages: readonly TabStorage[];
}

/** KeptTabs is what stays of a context's tabs when they close, for the tabs that come after them; the latest last. */
export class KeptTabs {
	#left: readonly LeftTab[];
	#storages: readonly TabStorage[];

	constructor({ left, storages }: KeptTabsState = NO_TABS) {
		this.#left = left;
		this.#storages = storages;
	}

	get storages(): readonly TabStorage[] {
		return this.#storages;
	}

	/** Where the latest other step left its tab: a step that is tried again begins where it began before. */
	addressFor(step: StepId): string | undefined {
		return this.#left.findLast((tab) => tab.step !== step)?.address;
	}

	keep(step: StepId, { address, storages }: TabState): void {
		if (address !== undefined) {
			this.#left = [...this.#left.filter((tab) => tab.step !== step), { step, address }].slice(-MAX_LEFT);
		}
		const read = new Set(storages.map(({ origin }) => origin));
		const others = this.#storages.filter(({ origin }) => !read.has(origin));
		const filled = storages.filter(({ items }) => Object.keys(items).length > 0);
		this.#storages = bounded([...others, ...filled].slice(-MAX_TAB_ORIGINS));
	}

	/** Undefined where there is nothing to keep. */
	get state(): KeptTabsState | undefined {
		if (this.#left.length === 0 && this.#storages.length === 0) return undefined;
		return { left: this.#left, storages: this.#storages };
	}
}

const NO_TABS: KeptTabsState = { left: [], storages: [] };
const MAX_LEFT = 5;
const MAX_STORAGES_LENGTH = 300_000;

/** The latest, as many as there is room for. */
function bounded(storages: readonly TabStorage[]): readonly TabStorage[] {
	let room = MAX_STORAGES_LENGTH;
	const from = storages.findLastIndex((storage) => {
		room -= JSON.stringify(storage).length;
		return room < 0;
	});
	return storages.slice(from + 1);
}
