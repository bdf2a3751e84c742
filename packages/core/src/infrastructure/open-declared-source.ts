import { DeclarationShelf } from '../adapters/redis/declaration-shelf.ts';
import type { RedisLine } from '../adapters/redis/open-redis-line.ts';
import { CoreError, describeError } from '../domain/errors.ts';
import { isJsonObject, type Json } from '../domain/json.ts';
import { WorkflowDefinition } from '../domain/workflow/definition.ts';
import { readDeclaration } from '../planning/declared-capability.ts';
import type { ICapability } from '../ports/capability.ts';
import type { ICapabilitySource } from '../ports/capability-source.ts';
import { ChangeListeners } from '../ports/change-listeners.ts';
import type { ILogger } from '../ports/logger.ts';
import type { IWorkerRegistry } from '../ports/worker-registry.ts';

interface Parts {
	readonly line: RedisLine;
	readonly registry: Pick<IWorkerRegistry, 'list' | 'subscribe'>;
	readonly log: ILogger;
}

interface Declared {
	readonly capability: ICapability;
	/** Who brings it to the worker. */
	readonly source: string;
}

/** What one worker declares. */
interface Declarations {
	readonly capabilities: readonly Declared[];
	readonly workflows: readonly WorkflowDefinition[];
}

/**
 * openDeclaredSource offers what living workers declare, to processes that have no workers of their own: a capability goes when
 * the last worker that has it is gone. Resolves once what the workers there now declare was read.
 */
export async function openDeclaredSource(parts: Parts): Promise<ICapabilitySource> {
	const source = new DeclaredSource(parts);
	await source.start();
	return source;
}

class DeclaredSource implements ICapabilitySource {
	readonly name = 'workers';
	readonly #parts: Parts;
	readonly #shelf: DeclarationShelf;
	readonly #read = new Map<string, Declarations>();
	readonly #listeners = new ChangeListeners();
	#offered: ReadonlyMap<string, Declared> = new Map();
	#capabilities: readonly ICapability[] = [];
	#reading: Promise<void> | undefined;
	#again = false;
	#timer: NodeJS.Timeout | undefined;
	#stopListening: (() => void) | undefined;

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#shelf = new DeclarationShelf(parts.line);
	}

	async start(): Promise<void> {
		// Events come several times a second; what is looked at are names and hashes.
		this.#stopListening = this.#parts.registry.subscribe(() => void this.#look());
		await this.#look();
	}

	capabilities(): readonly ICapability[] {
		return this.#capabilities;
	}

	originOf(name: string): string | undefined {
		return this.#offered.get(name)?.source;
	}

	/** Of a workflow that workers bring in several versions, the latest counts. */
	workflows(): readonly WorkflowDefinition[] {
		const newest = new Map<string, WorkflowDefinition>();
		for (const workflow of [...this.#read.values()].flatMap(({ workflows }) => workflows)) {
			const { name, version } = workflow;
			if (version > (newest.get(name)?.version ?? 0)) newest.set(name, workflow);
		}
		return [...newest.values()];
	}

	missing(): ReadonlyMap<string, string> {
		return new Map();
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	/** Workers keep what a task has there. */
	async endTask(): Promise<void> {}

	async stop(): Promise<void> {
		this.#stopListening?.();
		clearTimeout(this.#timer);
	}

	#look(): Promise<void> {
		if (this.#reading !== undefined) this.#again = true;
		this.#reading ??= this.#readMissing().finally(() => {
			this.#reading = undefined;
			if (!this.#again) return;
			this.#again = false;
			void this.#look();
		});
		return this.#reading;
	}

	async #readMissing(): Promise<void> {
		const digests = new Set(this.#parts.registry.list().flatMap(({ declared }) => declared ?? []));
		for (const digest of this.#read.keys()) if (!digests.has(digest)) this.#read.delete(digest);
		await Promise.all([...digests].filter((digest) => !this.#read.has(digest)).map((digest) => this.#fetch(digest)));
		this.#offer();
	}

	async #fetch(digest: string): Promise<void> {
		const { log } = this.#parts;
		try {
			const text = await this.#shelf.get(digest);
			if (text !== undefined) return void this.#read.set(digest, readAll(text));
			log.warn('declared capabilities not there', { digest });
		} catch (error) {
			log.debug('declared capabilities not read', { error: describeError(error) });
		}
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#look(), RETRY_MS);
	}

	/** Of a capability that workers declare differently, the latest version counts; queues give its jobs to those that have it. */
	#offer(): void {
		const offered = new Map<string, Declared>();
		for (const { declared, capabilities } of this.#parts.registry.list()) {
			const has = new Set(capabilities.map(({ name }) => name));
			for (const one of (declared !== undefined && this.#read.get(declared)?.capabilities) || []) {
				const { name, version } = one.capability;
				const other = offered.get(name);
				if (has.has(name) && (other === undefined || other.capability.version < version)) offered.set(name, one);
			}
		}
		this.#offered = offered;
		const now = [...offered.values()].map(({ capability }) => capability);
		const before = new Set(this.#capabilities);
		if (now.length === before.size && now.every((one) => before.has(one))) return;
		this.#capabilities = now;
		this.#listeners.tell();
	}
}

/** What is not understood, from a worker of a later release, is left out. */
function readAll(text: string): Declarations {
	const capabilities: Declared[] = [];
	const workflows: WorkflowDefinition[] = [];
	for (const one of entriesIn(text)) {
		if (!isJsonObject(one)) continue;
		if ('workflow' in one) {
			const read = WorkflowDefinition.safeParse(one['workflow']);
			if (read.success) workflows.push(read.data);
			continue;
		}
		const known = readDeclaration(one);
		if (!known.ok) continue;
		const source = typeof one['source'] === 'string' ? one['source'] : 'workers';
		capabilities.push({ capability: Object.assign(known.declaration, { run: elsewhere }), source });
	}
	return { capabilities, workflows };
}

function entriesIn(text: string): readonly Json[] {
	try {
		const read: Json = JSON.parse(text);
		return Array.isArray(read) ? read : [];
	} catch {
		return [];
	}
}

async function elsewhere(): Promise<never> {
	throw new CoreError('internal', 'Workers carry this out, not the process that plans it.', {
		hint: 'Start a worker.',
	});
}

const RETRY_MS = 2_000;
