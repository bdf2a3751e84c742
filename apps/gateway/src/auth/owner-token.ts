import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import { newSecret } from './secret-text.ts';

/**
 * ownerToken gives the owner's API token: the configured one, else the one kept in the data directory, which is made at
 * first start and readable by its owner alone.
 */
export async function ownerToken(dataDir: string, configured: string | undefined): Promise<string> {
	if (configured !== undefined) return configured;
	const path = join(dataDir, 'token');
	return (await kept(path)) ?? (await made(path)) ?? (await keptNow(path));
}

async function kept(path: string): Promise<string | undefined> {
	try {
		return (await readFile(path, 'utf8')).trim() || undefined;
	} catch (error) {
		if (isSystemError(error, 'ENOENT')) return undefined;
		throw cannot('read', path, error);
	}
}

// `wx` lets one of two servers that start together win; the other one reads what it wrote.
async function made(path: string): Promise<string | undefined> {
	const token = newSecret();
	try {
		const file = await open(path, 'wx', 0o600);
		try {
			await file.writeFile(`${token}\n`);
			await file.sync();
		} finally {
			await file.close();
		}
		return token;
	} catch (error) {
		if (isSystemError(error, 'EEXIST')) return undefined;
		throw cannot('write', path, error);
	}
}

async function keptNow(path: string): Promise<string> {
	const token = await kept(path);
	if (token) return token;
	throw cannot('read', path, new Error('the file is empty'));
}

function cannot(action: 'read' | 'write', path: string, cause: unknown): CoreError {
	const seen = cause instanceof Error ? cause.message : String(cause);
	return new CoreError('invalid-config', `Cannot ${action} the owner's token in "${path}": ${seen}.`, {
		hint: 'Make the data directory writable, delete an empty token file, or set ERRAND_TOKEN.',
		cause,
	});
}

function isSystemError(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}
