import type { ClientBase } from 'pg';
import { CoreError } from '../../domain/errors.ts';
import { APPEND_FUNCTION } from './schema/append-function.ts';
import { BEAT_AFTER_OUTAGE } from './schema/beat-after-outage.ts';
import { HOME_FUNCTIONS } from './schema/home-functions.ts';
import { LIST_INDEX } from './schema/list-index.ts';
import { MEMORY_TABLES } from './schema/memory-tables.ts';
import { MODEL_LEDGER_TABLES } from './schema/model-ledger.ts';
import { READ_FUNCTION } from './schema/read-function.ts';
import { REGION_TABLE } from './schema/region-functions.ts';
import { TABLES } from './schema/tables.ts';
import { WAITING_TASKS } from './schema/waiting-tasks.ts';

/** The steps from an empty database to today's; one that was released is never changed, a new one is added below. */
const MIGRATIONS: readonly string[] = [
	`${TABLES}${READ_FUNCTION}${APPEND_FUNCTION}${HOME_FUNCTIONS}`,
	REGION_TABLE,
	MODEL_LEDGER_TABLES,
	MEMORY_TABLES,
	LIST_INDEX,
	WAITING_TASKS,
	BEAT_AFTER_OUTAGE,
];

/** Processes that start at once wait for each other here; the number is Errand's own ("Errd"). */
const MIGRATION_LOCK = 0x45727264;

/** migrate brings the schema `errand` of a database up to date, once, however many processes try at the same time. */
export async function migrate(client: ClientBase): Promise<void> {
	if ((await versionOf(client)) === MIGRATIONS.length) return;
	await client.query('BEGIN');
	try {
		await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
		const from = await versionOf(client);
		if (from > MIGRATIONS.length) throw newer(from);
		if (from === 0) {
			await client.query(
				'CREATE SCHEMA IF NOT EXISTS errand; CREATE TABLE errand.schema_version (version int NOT NULL)',
			);
			await client.query('INSERT INTO errand.schema_version VALUES (0)');
		}
		for (const sql of MIGRATIONS.slice(from)) await client.query(sql);
		await client.query('UPDATE errand.schema_version SET version = $1', [MIGRATIONS.length]);
		await client.query('COMMIT');
	} catch (error) {
		await client.query('ROLLBACK').catch(() => undefined);
		throw error;
	}
}

/** 0 where there is nothing yet. `to_regclass` would go on answering what it knew before the wait for the lock. */
async function versionOf(client: ClientBase): Promise<number> {
	const { rows: tables } = await client.query<{ there: boolean }>(
		`SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'errand' AND tablename = 'schema_version') AS there`,
	);
	if (tables[0]?.there !== true) return 0;
	const { rows } = await client.query<{ version: number }>('SELECT version FROM errand.schema_version');
	return rows[0]?.version ?? 0;
}

function newer(version: number): CoreError {
	return new CoreError(
		'store-newer',
		`The database was brought to version ${version} by a newer Errand; this one knows version ${MIGRATIONS.length}.`,
		{ hint: 'Start the newer version again, or restore a backup from before the upgrade.' },
	);
}
