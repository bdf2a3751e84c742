import { describeError } from '../../../domain/errors.ts';
import type { ILogger } from '../../../ports/logger.ts';
import { type DrivingRegion, regionOf, retireRegion } from './region-row.ts';

interface Parts {
	readonly url: string;
	/** The database of the other region. */
	readonly peerUrl: string;
	readonly log: ILogger;
}

const LOOK_EVERY_MS = 1_000;

/**
 * RegionWatch looks whether the other region has taken over under a newer epoch. Then that is written into this region's own
 * database, which from that moment takes nothing from anybody here, whether they can see the other region or not.
 */
export class RegionWatch {
	readonly #parts: Parts;
	#timer: NodeJS.Timeout | undefined;
	#stopped = false;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Looks once, and every second from then on; a peer that does not answer says nothing. */
	async start(): Promise<void> {
		await this.#look();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
	}

	async #look(): Promise<void> {
		const { url, peerUrl, log } = this.#parts;
		try {
			const newer: DrivingRegion | undefined = await regionOf(peerUrl);
			if (newer !== undefined && (await isNewer(url, newer)) && (await retireRegion(url, newer))) {
				log.error('another region took over', { ...newer });
			}
		} catch (error) {
			log.debug('the other region not asked', { error: describeError(error) });
		}
		if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
	}
}

async function isNewer(url: string, peer: DrivingRegion): Promise<boolean> {
	return peer.epoch > ((await regionOf(url))?.epoch ?? 0);
}
