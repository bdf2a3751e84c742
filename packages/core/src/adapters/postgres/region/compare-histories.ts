import { Client } from 'pg';
import { asStreamId, type StreamId } from '../../../domain/ids.ts';
import { translatePostgresError } from '../postgres-errors.ts';

/** Divergence is a stream that went on in one database in a way that the other one does not know. */
export interface Divergence {
	readonly stream: StreamId;
	/** The first fact that the other one lacks or has otherwise. */
	readonly fromSeq: number;
	readonly facts: number;
}

interface StreamRow {
	readonly name: string;
	readonly chain: string;
}

interface AppendRow {
	readonly first_seq: number;
	readonly last_seq: number;
	readonly chain: string;
}

const PAGE = 1_000;

/** compareHistories finds what stands in the database at `url` and not in the one at `otherUrl`, stream by stream, by their chains; it changes neither. */
export async function* compareHistories(url: string, otherUrl: string): AsyncGenerator<Divergence> {
	const [here, there] = [url, otherUrl].map((each) => new Client({ connectionString: each, query_timeout: 60_000 }));
	if (here === undefined || there === undefined) return;
	try {
		await Promise.all([here.connect(), there.connect()]);
		for (let after = ''; ; ) {
			const { rows } = await here.query<StreamRow>(
				`SELECT name, encode(chain, 'hex') AS chain FROM errand.streams WHERE name > $1 ORDER BY name LIMIT ${PAGE}`,
				[after],
			);
			const last = rows.at(-1);
			if (last === undefined) return;
			const theirs = await there.query<StreamRow>(
				`SELECT name, encode(chain, 'hex') AS chain FROM errand.streams WHERE name = ANY ($1::text[])`,
				[rows.map(({ name }) => name)],
			);
			const known = new Map(theirs.rows.map(({ name, chain }) => [name, chain]));
			for (const { name, chain } of rows) {
				if (known.get(name) === chain) continue;
				const [ours, others] = await Promise.all([appendsOf(here, name), appendsOf(there, name)]);
				const shared = new Set(others.map((append) => append.chain));
				const own = ours.filter((append) => !shared.has(append.chain));
				const first = own[0];
				const end = own.at(-1);
				// What is only behind has nothing of its own.
				if (first === undefined || end === undefined) continue;
				const fromSeq = Number(first.first_seq);
				yield { stream: asStreamId(name), fromSeq, facts: Number(end.last_seq) - fromSeq + 1 };
			}
			after = last.name;
		}
	} catch (error) {
		throw translatePostgresError(error, 'compare two histories');
	} finally {
		await Promise.allSettled([here.end(), there.end()]);
	}
}

async function appendsOf(client: Client, name: string): Promise<readonly AppendRow[]> {
	const { rows } = await client.query<AppendRow>(
		`SELECT a.first_seq, a.last_seq, encode(a.chain, 'hex') AS chain FROM errand.appends a
		JOIN errand.streams s ON s.id = a.stream WHERE s.name = $1 ORDER BY a.first_seq`,
		[name],
	);
	return rows;
}
