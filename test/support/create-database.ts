import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** createDatabase makes an empty database on a PostgreSQL server and answers its address. */
export async function createDatabase(serverUrl: string): Promise<string> {
	const name = `errand_${randomBytes(6).toString('hex')}`;
	const client = new Client({ connectionString: serverUrl });
	await client.connect();
	try {
		await client.query(`CREATE DATABASE ${name}`);
	} finally {
		await client.end();
	}
	const url = new URL(serverUrl);
	url.pathname = `/${name}`;
	return url.href;
}
