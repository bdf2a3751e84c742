import { randomUUID } from 'node:crypto';
import { newHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import {
	openPostgresHistory,
	type PostgresHistory,
	type PostgresHistoryOptions,
} from '@errand/core/adapters/postgres/open-postgres-history.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { Client } from 'pg';
import { inject } from 'vitest';
import { createDatabase } from '../../support/create-database.ts';

const silent: ILogger = { debug() {}, info() {}, warn() {}, error() {} };

/** openHistory opens a history as one more process would. */
export function openHistory(url: string, options: Partial<PostgresHistoryOptions> = {}): Promise<PostgresHistory> {
	return openPostgresHistory({
		url,
		self: `test-${randomUUID()}`,
		signer: newHistorySigner(),
		log: silent,
		...options,
	});
}

/** newDatabase makes an empty database on the run's server and answers its address. */
export function newDatabase(): Promise<string> {
	return createDatabase(inject('postgresUrl'));
}

/** sql runs statements behind the back of whoever uses a database. */
export async function sql<Row extends object>(url: string, text: string): Promise<readonly Row[]> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query<Row>(text)).rows;
	} finally {
		await client.end();
	}
}

/** emptyHistory leaves the tables of a history and nothing in them, which is quicker than another database. */
export async function emptyHistory(url: string): Promise<void> {
	const names = [
		'streams',
		'appends',
		'idempotency_keys',
		'unsealed',
		'seals',
		'sealed_streams',
		'processes',
		'nudges',
	];
	const kept = [...names, 'snapshots', 'secrets', 'notes'];
	await sql(url, kept.map((name) => `DELETE FROM errand.${name}`).join(';'));
}
