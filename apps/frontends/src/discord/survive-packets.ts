import type { Client, WebSocketOptions } from 'discord.js';

/** GatewayManager is what discord.js holds connections with. */
export type GatewayManager = Parameters<NonNullable<WebSocketOptions['buildStrategy']>>[0];

/**
 * surviveEvents keeps events of a shape that discord.js does not know from ending the process: it throws at them while they
 * are handed on, where nobody could catch it.
 */
export function surviveEvents(manager: GatewayManager, failed: (error: unknown) => void): void {
	surviving(manager, 'emit', failed);
}

/** surviveQueued does the same for events that waited until the connection was ready, which are handled apart. */
export function surviveQueued({ ws }: Client, failed: (error: unknown) => void): void {
	surviving(ws, 'handlePacket', failed);
}

function surviving(target: object, method: string, failed: (error: unknown) => void): void {
	const original: unknown = Reflect.get(target, method);
	if (typeof original !== 'function') throw new TypeError(`discord.js has no ${method} there any more.`);
	Reflect.set(target, method, (...given: readonly unknown[]): unknown => {
		try {
			return Reflect.apply(original, target, given);
		} catch (error) {
			failed(error);
			return true;
		}
	});
}
