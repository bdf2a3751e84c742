import { describeError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import { ChangeListeners } from '@errand/core/ports/change-listeners.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { agentCapability, type Begun } from './agent-capability.ts';
import type { RemoteAgentConfig } from './agent-config.ts';
import type { GuardedClient } from './guarded-client.ts';

interface Known {
	readonly agent: RemoteAgentConfig;
	readonly client: GuardedClient;
	summary: string;
	problem: string | undefined;
	failures: number;
	callOff: (() => void) | undefined;
}

const FIRST_MS = 500;
const ASK_AGAIN_MS = 10 * 60_000;
const RETRY_MS = [2_000, 10_000, 60_000, 5 * 60_000];
const CANCEL_MS = 5_000;

/** A2aSource offers agents elsewhere as capabilities: `agent.<name>`. One that cannot be reached is missing, and asked again. */
export class A2aSource implements ICapabilitySource {
	readonly name = 'a2a';
	readonly #agents: readonly Known[];
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #begun = new Map<string, Begun>();
	readonly #listeners = new ChangeListeners();
	#capabilities: readonly ICapability[] = [];
	#missing: ReadonlyMap<string, string> = new Map();
	#stopped = false;

	constructor(
		agents: readonly { agent: RemoteAgentConfig; client: GuardedClient }[],
		{ clock, log }: { clock: IClock; log: ILogger },
	) {
		this.#clock = clock;
		this.#log = log;
		this.#agents = agents.map(({ agent, client }) => ({
			...{ agent, client, summary: `Has the agent "${agent.name}" do something.`, problem: undefined, failures: 0 },
			callOff: clock.after(FIRST_MS, () => void this.#ask(agent.name)),
		}));
		this.#gather();
	}

	capabilities(): readonly ICapability[] {
		return this.#capabilities;
	}

	missing(): ReadonlyMap<string, string> {
		return this.#missing;
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	/** What a task began elsewhere and did not see to its end is called off. */
	async endTask(task: TaskId): Promise<void> {
		const open = [...this.#begun].filter(([, begun]) => begun.task === task);
		await Promise.all(
			open.map(async ([key, { agent, client, remote }]) => {
				this.#begun.delete(key);
				try {
					const signal = AbortSignal.timeout(CANCEL_MS);
					await client.cancelTask({ tenant: '', id: remote, metadata: undefined }, { signal });
				} catch (error) {
					this.#log.info('task of an agent not called off', { agent, error: describeError(error) });
				}
			}),
		);
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		for (const { callOff } of this.#agents) callOff?.();
	}

	async #ask(name: string): Promise<void> {
		const known = this.#agents.find(({ agent }) => agent.name === name);
		if (known === undefined || this.#stopped) return;
		const before = `${known.summary}\n${known.problem}`;
		let again = ASK_AGAIN_MS;
		try {
			const { card } = await known.client.connect();
			const skills = card.skills.slice(0, 20).map((skill) => skill.name.slice(0, 80));
			const words = [card.name, card.description].map((text) => text.replace(/\s+/g, ' ').slice(0, 300)).join(': ');
			known.summary = `Has the agent "${name}" do something. It says of itself: ${words} Skills: ${skills.join(', ')}.`;
			known.problem = undefined;
			known.failures = 0;
		} catch (error) {
			known.problem = `The agent "${name}" cannot be reached: ${describeError(error)}`;
			again = RETRY_MS[Math.min(known.failures++, RETRY_MS.length - 1)] ?? ASK_AGAIN_MS;
			this.#log.warn('agent not reached', { agent: name, error: describeError(error), retryInMs: again });
		}
		if (this.#stopped) return;
		known.callOff = this.#clock.after(again, () => void this.#ask(name));
		if (before !== `${known.summary}\n${known.problem}`) this.#gather();
	}

	#gather(): void {
		const began = (key: string, begun: Begun | undefined) => {
			if (begun === undefined) this.#begun.delete(key);
			else this.#begun.set(key, begun);
		};
		this.#capabilities = this.#agents.flatMap(({ agent, client, summary, problem }) =>
			problem === undefined ? [agentCapability(agent, { client, summary, began }) as ICapability] : [],
		);
		this.#missing = new Map(
			this.#agents.flatMap(({ agent, problem }) => (problem === undefined ? [] : [[`agent.${agent.name}`, problem]])),
		);
		this.#listeners.tell();
	}
}
