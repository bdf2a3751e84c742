import { DeclarationShelf, KEPT_MS, MAX_DECLARED } from '../adapters/redis/declaration-shelf.ts';
import type { RedisLine } from '../adapters/redis/open-redis-line.ts';
import { describeError } from '../domain/errors.ts';
import { writeDeclaration } from '../planning/declared-capability.ts';
import type { ICapabilitySource } from '../ports/capability-source.ts';
import type { ICatalogue } from '../ports/catalogue.ts';
import type { ILogger } from '../ports/logger.ts';

/** Announced is what a worker can do, and what brings that besides what ships. */
export interface Announced {
	readonly catalogue: ICatalogue;
	/** They may bring workflows, too. */
	readonly sources: readonly Pick<ICapabilitySource, 'name' | 'workflows' | 'onChange'>[];
}

interface Parts extends Announced {
	readonly line: RedisLine;
	/** Heartbeats should tell of it. */
	readonly onAnnounced: () => void;
	readonly log: ILogger;
}

/** Announcement is what a worker lets others know of what sources brought to it. */
export interface Announcement {
	/** Where others can read it; undefined while there is nothing to read. */
	digest(): string | undefined;
	stop(): void;
}

/**
 * announceCapabilities keeps what others need to know of a worker's capabilities, besides those that ship, where they can read it;
 * so, too, of the workflows that come with them, which gateways run.
 */
export function announceCapabilities({ line, onAnnounced, log, ...announced }: Parts): Announcement {
	const { catalogue, sources } = announced;
	const shelf = new DeclarationShelf(line);
	let digest: string | undefined;
	let text = '';
	let putting = Promise.resolve();
	const put = async () => {
		const now = textOf(announced, log);
		const isNew = now !== text;
		text = now;
		try {
			const put = now === '' ? undefined : await shelf.put(now);
			if (put !== digest || isNew) {
				digest = put;
				onAnnounced();
			}
		} catch (error) {
			log.debug('capabilities not announced', { error: describeError(error) });
			text = '';
		}
	};
	const announce = () => {
		putting = putting.then(put);
	};
	const again = () => {
		if (text !== '' || textOf(announced, log) !== '') announce();
	};
	const stops = [
		catalogue.onChange(announce),
		// A module may bring another version of a workflow, and the same capabilities.
		...sources.map((source) => source.onChange(announce)),
		line.onReachableChange((reachable) => reachable && again()),
		line.onWiped(again),
	];
	const timer = setInterval(again, KEPT_MS / 6);
	timer.unref();
	again();
	return {
		digest: () => digest,
		stop: () => {
			clearInterval(timer);
			for (const stop of stops.splice(0)) stop();
		},
	};
}

/** Empty where nothing was brought. What there is no room for can be done here, and nobody hears of it. */
function textOf({ catalogue, sources }: Announced, log: ILogger): string {
	const written: string[] = [];
	const left: string[] = [];
	let room = MAX_DECLARED;
	const write = (name: string, entry: object) => {
		const one = JSON.stringify(entry);
		room -= one.length + 1;
		if (room < 0) left.push(name);
		else written.push(one);
	};
	for (const capability of catalogue.list()) {
		const source = catalogue.sourceOf(capability.name);
		if (source !== undefined) write(capability.name, { ...writeDeclaration(capability), source });
	}
	for (const source of sources) {
		for (const workflow of source.workflows?.() ?? []) write(workflow.name, { workflow, source: source.name });
	}
	if (left.length > 0) log.warn('too many capabilities to announce', { left: left.slice(0, 20), count: left.length });
	return written.length === 0 ? '' : `[${written.join(',')}]`;
}
