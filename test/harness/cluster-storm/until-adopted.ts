import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

const LOOK_MS = 25;
const LIMIT_MS = 15_000;

/**
 * untilAdopted resolves with how long (ms) open streams had a dead process as their home; undefined where it drove none, or
 * where the database could not be asked all the while.
 */
export async function untilAdopted(databaseUrl: string, pid: number): Promise<number | undefined> {
	const from = performance.now();
	const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 1_000, query_timeout: 1_000 });
	client.on('error', () => {});
	try {
		await client.connect();
		for (let looks = 0; performance.now() - from < LIMIT_MS; looks++) {
			const query = 'SELECT count(*)::int AS n FROM errand.streams WHERE open AND home LIKE $1';
			const { rows } = await client.query<{ n: number }>(query, [`%-${pid}-%`]);
			if (rows[0]?.n === 0) return looks === 0 ? undefined : performance.now() - from;
			await wait(LOOK_MS);
		}
		return performance.now() - from;
	} catch {
		return undefined;
	} finally {
		await client.end().catch(() => {});
	}
}
