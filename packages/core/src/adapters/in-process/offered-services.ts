import type { Json } from '../../domain/json.ts';
import type { ServiceRequest } from '../../ports/services.ts';

/** Handle answers the calls of one registration. */
export type Handle = (request: ServiceRequest) => Promise<Json>;

interface Registration {
	readonly handle: Handle;
	running: number;
	/** When it was last chosen; the one whose turn is longest past is next. */
	turn: number;
}

/** OfferedServices are the services that this process offers, each perhaps several times. */
export class OfferedServices {
	readonly #offers = new Map<string, Set<Registration>>();
	readonly #onChange: (name: string) => void;
	#turns = 0;

	/** `onChange` hears of each registration that comes or goes. */
	constructor(onChange: (name: string) => void) {
		this.#onChange = onChange;
	}

	get names(): readonly string[] {
		return [...this.#offers.keys()];
	}

	instances(name: string): number {
		return this.#offers.get(name)?.size ?? 0;
	}

	/** Calls that run now. */
	running(name: string): number {
		return [...(this.#offers.get(name) ?? [])].reduce((sum, { running }) => sum + running, 0);
	}

	add(name: string, handle: Handle): () => void {
		const registration: Registration = { handle, running: 0, turn: 0 };
		const others = this.#offers.get(name);
		if (others === undefined) this.#offers.set(name, new Set([registration]));
		else others.add(registration);
		this.#onChange(name);
		return () => {
			const all = this.#offers.get(name);
			if (all?.delete(registration) !== true) return;
			if (all.size === 0) this.#offers.delete(name);
			this.#onChange(name);
		};
	}

	/** The least busy one, of equals in turn, begins at once; undefined where nobody offers the name here. */
	begin(name: string, request: ServiceRequest): Promise<Json> | undefined {
		const all = [...(this.#offers.get(name) ?? [])];
		const [first, ...others] = all;
		if (first === undefined) return undefined;
		const chosen = others.reduce((best, other) => (isSooner(other, best) ? other : best), first);
		this.#turns += 1;
		chosen.turn = this.#turns;
		return carryOut(chosen, request);
	}
}

function isSooner(one: Registration, other: Registration): boolean {
	return one.running === other.running ? one.turn < other.turn : one.running < other.running;
}

async function carryOut(registration: Registration, request: ServiceRequest): Promise<Json> {
	registration.running += 1;
	try {
		return await registration.handle(request);
	} finally {
		registration.running -= 1;
	}
}
