import { isIP } from 'node:net';
import { z } from 'zod';

/** portVariable is a port to listen on; 0 is any that is free. */
export const portVariable = z
	.string()
	.regex(/^\d{1,5}$/, 'must be a number from 0 to 65535')
	.transform(Number)
	.refine((number) => number <= 65_535, 'must be a number from 0 to 65535');

/** listVariable is a list separated by commas, each entry as `isEntry` wants it. */
export function listVariable(isEntry: (entry: string) => boolean, otherwise: string) {
	return z
		.string()
		.transform((text) =>
			text
				.split(',')
				.map((entry) => entry.trim())
				.filter(Boolean),
		)
		.refine((entries) => entries.every(isEntry), otherwise)
		.default([]);
}

/** PROCESS_VARIABLES are those that every process reads for itself: where it listens, what it may reach, how much it says. */
export const PROCESS_VARIABLES = {
	HOST: z
		.string()
		.refine((host) => isIP(host) !== 0 || /^[a-z0-9.-]+$/i.test(host), 'must be an address or a host name to listen on')
		.default('127.0.0.1'),
	ERRAND_ALLOW_PRIVATE_HOSTS: listVariable(
		isHostPort,
		'must be host:port entries separated by commas, such as 127.0.0.1:8080',
	),
	ERRAND_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
} as const;

/** pickVariables takes out of what was parsed the part that one library understands. */
export function pickVariables<T extends object, K extends keyof T>(
	data: T,
	shape: Readonly<Record<K, unknown>>,
): Pick<T, K> {
	const keys = Object.keys(shape) as K[];
	return Object.fromEntries(keys.map((key) => [key, data[key]])) as Pick<T, K>;
}

/** A shorter one may be a word that stands in every other line. */
const SHORTEST_PASSWORD = 8;

/** secretsOf are the values of variables that must stand in no log, and the passwords in those that are addresses. */
export function secretsOf<Name extends string>(
	data: { readonly [name in Name]?: string | undefined },
	names: readonly Name[],
): readonly string[] {
	return names.flatMap((name) => {
		const value = data[name];
		return value === undefined ? [] : [value, ...passwordsIn(value)];
	});
}

/** As it stands in the address, and as it is said to the server. */
function passwordsIn(value: string): readonly string[] {
	const password = URL.canParse(value) ? new URL(value).password : '';
	if (password.length < SHORTEST_PASSWORD) return [];
	return [...new Set([password, decoded(password)])];
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function isHostPort(entry: string): boolean {
	const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+)):(\d{1,5})$/i.exec(entry);
	if (!match) return false;
	return (match[1] === undefined || isIP(match[1]) === 6) && Number(match[3]) >= 1 && Number(match[3]) <= 65_535;
}
