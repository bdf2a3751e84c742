import { Client, type ClientBase } from 'pg';
import { CoreError } from '../../../domain/errors.ts';
import { migrate } from '../migrations.ts';
import { translatePostgresError } from '../postgres-errors.ts';
import { inTransaction } from '../postgres-line.ts';

/** DrivingRegion is which region drives a database, and under which epoch; each takeover has a higher one. */
export interface DrivingRegion {
	readonly name: string;
	readonly epoch: number;
}

/** The same number as in `errand.check_region` ("Erre" and so on). */
const REGION_LOCK = 1_165_128_295;

/** drivingRegion reads which region drives a database; undefined where nobody said so. */
export async function drivingRegion(client: ClientBase): Promise<DrivingRegion | undefined> {
	const { rows } = await client.query<{ name: string; epoch: string }>('SELECT name, epoch::text FROM errand.region');
	const [row] = rows;
	return row && { name: row.name, epoch: Number(row.epoch) };
}

/** enterRegion answers the epoch under which a process of this region writes; rejects with `not-possible` where another region drives. */
export async function enterRegion(client: ClientBase, name: string): Promise<number> {
	const found = await drivingRegion(client);
	if (found?.name === name) return found.epoch;
	if (found !== undefined) throw standsBy(name, found);
	await client.query('INSERT INTO errand.region (name, epoch) VALUES ($1, 1) ON CONFLICT DO NOTHING', [name]);
	return enterRegion(client, name);
}

/** adoptRegion makes a region the one that drives a database, under a new epoch above all that are known; what others still write there is refused. */
export function adoptRegion(url: string, name: string, above = 0): Promise<DrivingRegion> {
	return withDatabase(url, 'adopt the database', async (client) => {
		const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
		if (rows[0]?.standby !== false) {
			throw new CoreError(
				'not-possible',
				'This database is a standby still: it takes what its primary has, and nothing else.',
				{
					hint: 'Make sure that its primary is gone, promote it (`pg_ctl promote`, `SELECT pg_promote()`), and repeat this.',
				},
			);
		}
		await migrate(client);
		return inTransaction(client, async () => {
			await client.query('SELECT pg_advisory_xact_lock($1)', [REGION_LOCK]);
			const before = await drivingRegion(client);
			const epoch = Math.max(before?.epoch ?? 0, above) + 1;
			return writeRegion(client, { name, epoch });
		});
	});
}

/** retireRegion has a database take nothing more, because another region took over under a newer epoch; false where it knew. */
export function retireRegion(url: string, newer: DrivingRegion): Promise<boolean> {
	return withDatabase(url, 'retire the database', (client) =>
		inTransaction(client, async () => {
			await client.query('SELECT pg_advisory_xact_lock($1)', [REGION_LOCK]);
			const known = await drivingRegion(client);
			if (known !== undefined && known.epoch >= newer.epoch) return false;
			await writeRegion(client, newer);
			return true;
		}),
	);
}

/** regionOf reads which region drives the database at a URL; rejects with `store-unreachable` where it does not answer. */
export function regionOf(url: string): Promise<DrivingRegion | undefined> {
	return withDatabase(url, 'ask which region drives the database', drivingRegion);
}

async function writeRegion(client: ClientBase, region: DrivingRegion): Promise<DrivingRegion> {
	await client.query(
		`INSERT INTO errand.region (name, epoch) VALUES ($1, $2)
		ON CONFLICT (single) DO UPDATE SET name = excluded.name, epoch = excluded.epoch`,
		[region.name, region.epoch],
	);
	return region;
}

async function withDatabase<Result>(
	url: string,
	attempted: string,
	work: (client: Client) => Promise<Result>,
): Promise<Result> {
	const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 60_000 });
	client.on('error', () => undefined);
	try {
		await client.connect();
		return await work(client);
	} catch (error) {
		throw translatePostgresError(error, attempted);
	} finally {
		await client.end();
	}
}

function standsBy(name: string, { name: other, epoch }: DrivingRegion): CoreError {
	return new CoreError(
		'not-possible',
		`Region "${name}" cannot drive this database: "${other}" does, since epoch ${epoch}.`,
		{
			hint: `Start it once "${other}" is gone and \`npm run region -- adopt\` was run here.`,
		},
	);
}
