import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** userOf is the user name of a request's credentials; undefined without the right password. */
export function userOf(request: IncomingMessage, password: string): string | undefined {
	const [scheme, encoded = ''] = (request.headers['proxy-authorization'] ?? '').split(' ');
	if (scheme?.toLowerCase() !== 'basic') return undefined;
	const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
	const [given, wanted] = [Buffer.from(rest.join(':')), Buffer.from(password)];
	return given.length === wanted.length && timingSafeEqual(given, wanted) ? user : undefined;
}

/** onwardHeaders is raw headers (name, value, name …) without those that concern one hop only. */
export function onwardHeaders(raw: readonly string[]): string[] {
	const named = new Set(HOP_BY_HOP);
	for (let at = 0; at + 1 < raw.length; at += 2) {
		if (raw[at]?.toLowerCase() !== 'connection') continue;
		for (const name of raw[at + 1]?.split(',') ?? []) named.add(name.trim().toLowerCase());
	}
	const kept: string[] = [];
	for (let at = 0; at + 1 < raw.length; at += 2) {
		const [name = '', value = ''] = [raw[at], raw[at + 1]];
		if (!named.has(name.toLowerCase())) kept.push(name, value);
	}
	return kept;
}

/** withHost names the host that is dialled, whatever the headers said. */
export function withHost(headers: readonly string[], host: string): string[] {
	const kept = ['Host', host];
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const [name = '', value = ''] = [headers[at], headers[at + 1]];
		if (name.toLowerCase() !== 'host') kept.push(name, value);
	}
	return kept;
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
	'connection',
	'keep-alive',
	'proxy-authenticate',
	'proxy-authorization',
	'proxy-connection',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
]);
