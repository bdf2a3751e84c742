// Writes deploy/.env with passwords that are only known there, once: what is there already stays as it is.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '.env');
const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
const known = new Set([...before.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));

const password = () => randomBytes(24).toString('hex');
const wanted = {
	POSTGRES_PASSWORD: password,
	REDIS_PASSWORD: password,
	REDIS_WORKER_PASSWORD: password,
	ERRAND_TOKEN: password,
	ERRAND_SECRET_KEY: () => randomBytes(32).toString('hex'),
};
const made = Object.entries(wanted).filter(([name]) => !known.has(name));
if (made.length > 0) {
	const start = before === '' || before.endsWith('\n') ? before : `${before}\n`;
	writeFileSync(path, start + made.map(([name, make]) => `${name}=${make()}\n`).join(''), { mode: 0o600 });
	chmodSync(path, 0o600);
}
process.stderr.write(
	made.length === 0 ? `${path} has everything.\n` : `Wrote ${made.map(([name]) => name).join(', ')} to ${path}.\n`,
);
