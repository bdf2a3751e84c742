import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AGENT_NAME } from '../../domain/agent/message.ts';

const PREFIX = 'errand-agent.';

/** newAgentToken makes a token that cannot be guessed; it says whose it is, so that no list of tokens is needed. */
export function newAgentToken(agent: string): { readonly token: string; readonly tokenHash: string } {
	const token = `${PREFIX}${agent}.${randomBytes(32).toString('base64url')}`;
	return { token, tokenHash: digestOf(token) };
}

/** looksLikeAgentToken tells an agent's token from a person's. */
export function looksLikeAgentToken(token: string): boolean {
	return token.startsWith(PREFIX);
}

/** agentNamedBy reads the name off a token; whether the token is good is another question. */
export function agentNamedBy(token: string): string | undefined {
	const name = looksLikeAgentToken(token) ? token.slice(PREFIX.length).split('.', 1)[0] : undefined;
	return name !== undefined && AGENT_NAME.test(name) ? name : undefined;
}

/** fitsHash tells whether a token is the one whose hash was kept. */
export function fitsHash(token: string, tokenHash: string): boolean {
	const digest = Buffer.from(digestOf(token));
	const kept = Buffer.from(tokenHash);
	return kept.length === digest.length && timingSafeEqual(digest, kept);
}

/** messageKey stands for a source and the id it gave: short, and the same each time. */
export function messageKey(source: string, id: string): string {
	return hash('sha256', `${source}/${id}`, 'base64url').slice(0, 22);
}

function digestOf(token: string): string {
	return hash('sha256', token, 'base64url');
}
