import { AGENT_LIMITS, type Agent, expectationOf, type WaitingMessage } from './state.ts';

/**
 * nextMessages are those that may be handed out now, oldest first. What one source sent keeps its order: while a message of it is out, or
 * waits for its next delivery, no later one is handed out. `each` bounds how many of one source are taken at once.
 */
export function nextMessages(
	agent: Agent,
	now: number,
	{ max, each }: { max: number; each?: number },
): WaitingMessage[] {
	const taken: WaitingMessage[] = [];
	const held = new Set<string>();
	const counts = new Map<string, number>();
	for (const message of agent.waiting) {
		if (taken.length >= max) break;
		const { source } = message;
		if (held.has(source) || isLate(message, now) || expectationOf(agent, message, now) !== undefined) continue;
		const count = counts.get(source) ?? 0;
		if (isOut(message, now) || (message.dueAt ?? 0) > now || (each !== undefined && count >= each)) {
			held.add(source);
			continue;
		}
		if (isWorn(message)) continue;
		counts.set(source, count + 1);
		taken.push(message);
	}
	return taken;
}

/** isOut tells whether somebody has it and may still acknowledge it. */
export function isOut({ leasedUntil }: WaitingMessage, now: number): boolean {
	return leasedUntil !== undefined && leasedUntil > now;
}

/** isLate tells whether it has expired before anybody took it. */
export function isLate(message: WaitingMessage, now: number): boolean {
	return message.expiresAt !== undefined && message.expiresAt <= now && !isOut(message, now);
}

/** isWorn tells whether it was handed out as often as any message is. */
export function isWorn({ deliveries }: WaitingMessage): boolean {
	return deliveries >= AGENT_LIMITS.deliveries;
}
