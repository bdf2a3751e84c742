import { CoreError } from '../../domain/errors.ts';
import type { PostgresLine } from './postgres-line.ts';

/** Room for this much must be there again before the database counts as usable, so that it does not flap. */
const RESERVE_CHARACTERS = 64 * 1024;

/** DiskCondition is "the database's disk is full". While it holds, appends are refused at once and a probe looks for room every so often. */
export class DiskCondition {
	readonly #line: PostgresLine;
	readonly #probeEveryMs: number;
	readonly #listeners = new Set<(full: boolean) => void>();
	#timer: NodeJS.Timeout | undefined;
	#probing = false;

	constructor(line: PostgresLine, probeEveryMs: number) {
		this.#line = line;
		this.#probeEveryMs = probeEveryMs;
	}

	get full(): boolean {
		return this.#timer !== undefined;
	}

	/** Throws `disk-full` while the condition holds. */
	assertRoom(): void {
		if (!this.full) return;
		throw new CoreError('disk-full', 'Cannot write history: there is no room left on the disk of the database.', {
			hint: 'Free some space on the disk of the database; waiting work then goes on by itself.',
		});
	}

	reportFull(): void {
		if (this.#timer !== undefined) return;
		this.#timer = setInterval(() => void this.#probe(), this.#probeEveryMs).unref();
		this.#tell(true);
	}

	onChange(listener: (full: boolean) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#listeners.clear();
	}

	/** One at a time: a disk that is full may be slow as well. */
	async #probe(): Promise<void> {
		if (this.#probing) return;
		this.#probing = true;
		try {
			await this.#line.attempt(async (client) => {
				// Random text, because the server packs what repeats itself.
				await client.query(
					`INSERT INTO errand.room_probe
					SELECT string_agg(md5(random()::text), '') FROM generate_series(1, $1)`,
					[RESERVE_CHARACTERS / 32],
				);
				await client.query('TRUNCATE errand.room_probe');
			});
		} catch {
			return;
		} finally {
			this.#probing = false;
		}
		if (this.#timer === undefined) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#tell(false);
	}

	#tell(full: boolean): void {
		for (const listener of this.#listeners) listener(full);
	}
}
