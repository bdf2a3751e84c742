import type { StreamId, TaskId } from '../../domain/ids.ts';

/**
 * RedisKeys makes every name that one Errand uses in Redis. What stands in braces decides the slot of Redis Cluster: names
 * that one script touches share it, and on a Redis Cluster all of them do (`oneSlot`), so that one node has everything. Channels
 * belong to no slot. Nothing of another Errand begins alike, because a cluster's name holds no colon.
 */
export class RedisKeys {
	/** The cluster's name. */
	readonly cluster: string;
	readonly #oneSlot: boolean;

	constructor(cluster: string, { oneSlot = false }: { readonly oneSlot?: boolean } = {}) {
		this.cluster = cluster;
		this.#oneSlot = oneSlot;
	}

	/** Holds a value made by chance when Redis was first used: another one, and everything that was here is lost. */
	get marker(): string {
		return this.#key('marker');
	}

	/** Who holds a lease; it expires. */
	lease(name: string): string {
		return this.#key('leases', `:held:${name}`);
	}

	/** The epoch a lease was last given under. */
	leaseEpoch(name: string): string {
		return this.#key('leases', `:epoch:${name}`);
	}

	/** Keys of the worker registry, all in one slot. */
	registry(part: 'alive' | 'told' | 'changes' | 'gone' | 'state'): string {
		return this.#key('workers', `:${part}`);
	}

	/** Orders that a worker did not take yet. */
	orders(worker: string): string {
		return this.#key('workers', `:orders:${worker}`);
	}

	/** What workers declare that does not ship with Errand, by its hash; it expires. */
	declared(digest: string): string {
		return this.#key('workers', `:declared:${digest}`);
	}

	/** Names of the programs of others that take part; those that are killed leave theirs. */
	get programs(): string {
		return this.#key('programs');
	}

	/** What a program says of itself, which expires, and what it is called for. */
	program(name: string, part: 'about' | 'calls' | '*'): string {
		return this.#key(`program:${name}`, `:${part}`);
	}

	/** There once a program was given a call, so that it is given once; it expires. */
	programGiven(name: string, call: string): string {
		return this.#key(`program:${name}`, `:given:${call}`);
	}

	/** What programs answer to one worker. */
	programAnswers(worker: string): string {
		return this.#key(`program-answers:${worker}`);
	}

	/** Channel on which programs say that they came, changed or go. */
	get programsChannel(): string {
		return `${this.cluster}:programs`;
	}

	/** What each gateway learned of how workers do, in a field of its own. */
	get workerStats(): string {
		return this.#key('workers', ':stats');
	}

	/** Which worker has the browser of which task; all keys of sessions share a slot. */
	get sessionPlaces(): string {
		return this.#key('sessions', ':places');
	}

	/** There while a worker may use the browsers it has; it expires. Scripts put the worker's name behind the prefix. */
	sessionHolder(worker: string): string {
		return this.#key('sessions', `:holder:${worker}`);
	}

	/** Tasks whose browsers a worker is to close. Scripts put the worker's name behind the prefix. */
	sessionClosing(worker: string): string {
		return this.#key('sessions', `:closing:${worker}`);
	}

	/** What the browser of a task remembers, sealed. */
	sessionState(task: TaskId): string {
		return this.#key('sessions', `:state:${task}`);
	}

	/** Prefix of everything BullMQ keeps of one queue. */
	queuePrefix(queue: string): string {
		return this.#key(`q:${queue}`);
	}

	/** What is remembered for a while. */
	shortMemory(name: string): string {
		return this.#key(`remembered:${name}`);
	}

	/** Calls under way to a provider of models, those of the last minute, and their tokens. */
	turns(provider: string, part: 'running' | 'begun' | 'tokens'): string {
		return this.#key(`turns:${provider}`, `:${part}`);
	}

	/** Channel on which processes warn each other of providers of models; not for workers. */
	get providersChannel(): string {
		return `${this.cluster}:providers`;
	}

	/** What sockets of all gateways are told, as its adapter for socket.io wants the names. */
	get sockets(): { readonly streamName: string; readonly channelPrefix: string; readonly sessionKeyPrefix: string } {
		const prefix = this.#key('sockets');
		return { streamName: `${prefix}:told`, channelPrefix: `${prefix}:nodes`, sessionKeyPrefix: `${prefix}:session:` };
	}

	/** Who releases jobs into queues, by when they last said so; beside it, what each has waiting. */
	get releasers(): string {
		return this.#key('releasers');
	}

	/** What one process has waiting to be released; it expires. */
	releaser(self: string): string {
		return this.#key('releasers', `:${self}`);
	}

	/** There when jobs may have come that one worker waits for, so that it looks again. */
	nudge(worker: string): string {
		return this.#key(`nudge:${worker}`);
	}

	/** Stream of what workers report to one process, or, without a name, to any. */
	outcomes(home?: string): string {
		return home === undefined ? this.#key('outcomes') : this.#key(`outcomes:${home}`);
	}

	/** Channel of one stream's facts. */
	factsChannel(stream: StreamId): string {
		return `${this.cluster}:facts:${stream}`;
	}

	/** Channel of one task's progress. */
	taskChannel(task: TaskId): string {
		return `${this.cluster}:task:${task}`;
	}

	/** Channel that one gateway or frontends process always listens to. */
	processChannel(self: string): string {
		return `${this.cluster}:process:${self}`;
	}

	/** Channel that all gateway and frontends processes always listen to. */
	get everybodyChannel(): string {
		return `${this.cluster}:everybody`;
	}

	/** Channel of calls to whichever gateway or frontends process serves a name; not for workers. */
	callsChannel(name: string): string {
		return `${this.cluster}:calls:${name}`;
	}

	/** Channel on which one gateway or frontends process hears the answers to its calls; not for workers. */
	callAnswersChannel(self: string): string {
		return `${this.cluster}:call-answers:${self}`;
	}

	/** Who offers services, by when they last said so; beside it, which ones. */
	services(part: 'alive' | 'offers'): string {
		return this.#key('services', `:${part}`);
	}

	/** Channel on which services come and go. */
	get servicesChannel(): string {
		return `${this.cluster}:services`;
	}

	/** Channel of calls of a service that one process offers; workers call those of theirs. */
	serviceCallsChannel(name: string, self: string): string {
		return `${this.cluster}:service-calls:${name}:${self}`;
	}

	/** Channel on which one process hears what a service says to its calls. */
	serviceAnswersChannel(name: string, self: string): string {
		return `${this.cluster}:service-answers:${name}:${self}`;
	}

	/** Channel on which a worker hears what became of its reports. */
	answersChannel(worker: string): string {
		return `${this.cluster}:answers:${worker}`;
	}

	/** Channel on which all workers hear which jobs are cancelled. */
	get cancelsChannel(): string {
		return `${this.cluster}:cancels`;
	}

	/** Channel on which one worker is told that orders wait. */
	ordersChannel(worker: string): string {
		return `${this.cluster}:orders:${worker}`;
	}

	/** Channel on which workers come, change and go. */
	get workersChannel(): string {
		return `${this.cluster}:workers`;
	}

	/** Channel on which leases are given back. */
	get leasesChannel(): string {
		return `${this.cluster}:leases`;
	}

	/** `together` is what shares a slot with others where not everything does. */
	#key(together: string, rest = ''): string {
		return this.#oneSlot ? `{${this.cluster}}:${together}${rest}` : `{${this.cluster}:${together}}${rest}`;
	}
}
