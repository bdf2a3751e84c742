import { describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendState } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IShortMemory } from '@errand/core/ports/short-memory.ts';
import { z } from 'zod';

interface Dependencies {
	readonly memory: Pick<IShortMemory, 'get' | 'put'>;
	readonly clock: IClock;
	readonly log: ILogger;
}

const TroubleSchema = z.object({ message: z.string(), hint: z.string() });

/** HolderTrouble is what keeps a frontend from working, in the process that runs it. */
export type HolderTrouble = z.infer<typeof TroubleSchema>;

const EVERY_MS = 3_000;
/** A holder that died says nothing for long. */
const KEPT_MS = 10_000;
const ALL_IS_WELL = '';

/** HolderNotes let whoever stands by for a frontend know what troubles it where it runs. */
export class HolderNotes {
	readonly #deps: Dependencies;
	readonly #told = new Map<string, string>();
	readonly #heard = new Map<string, (trouble: HolderTrouble | undefined) => void>();
	#callOff: (() => void) | undefined;
	#stopped = false;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** It runs here, and is in this state from now on. */
	tell(name: string, state: FrontendState): void {
		this.#heard.delete(name);
		const { message, hint } = { message: '', hint: '', ...state };
		this.#told.set(name, state.status === 'degraded' ? JSON.stringify({ message, hint }) : ALL_IS_WELL);
		void this.#put(name);
		this.#goOn();
	}

	/** It runs elsewhere from now on: `heard` is told every few seconds what troubles it there, if anything. */
	listen(name: string, heard: (trouble: HolderTrouble | undefined) => void): void {
		this.#told.delete(name);
		this.#heard.set(name, heard);
		void this.#get(name);
		this.#goOn();
	}

	/** Safe to call twice. */
	stop(): void {
		this.#stopped = true;
		this.#callOff?.();
	}

	#goOn(): void {
		if (this.#stopped) return;
		this.#callOff ??= this.#deps.clock.after(EVERY_MS, () => {
			this.#callOff = undefined;
			for (const name of this.#told.keys()) void this.#put(name);
			for (const name of this.#heard.keys()) void this.#get(name);
			this.#goOn();
		});
	}

	async #put(name: string): Promise<void> {
		const { memory, log } = this.#deps;
		try {
			await memory.put(keyOf(name), this.#told.get(name) ?? ALL_IS_WELL, KEPT_MS);
		} catch (error) {
			log.debug('state of a frontend not told to the other processes', { frontend: name, error: describeError(error) });
		}
	}

	async #get(name: string): Promise<void> {
		const { memory, log } = this.#deps;
		const heard = this.#heard.get(name);
		try {
			const text = (await memory.get(keyOf(name))) ?? ALL_IS_WELL;
			const trouble = text === ALL_IS_WELL ? undefined : TroubleSchema.parse(JSON.parse(text));
			if (this.#heard.get(name) === heard && !this.#stopped) heard?.(trouble);
		} catch (error) {
			log.debug('state of a frontend elsewhere not known', { frontend: name, error: describeError(error) });
		}
	}
}

function keyOf(name: string): string {
	return `frontend-state/${name}`;
}
