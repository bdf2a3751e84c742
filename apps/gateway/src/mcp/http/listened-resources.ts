import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { MOST_FOLLOWED } from '../protocol/mcp-server.ts';
import type { McpSurface } from '../protocol/surface.ts';

const ListenSchema = z.looseObject({
	method: z.literal('subscriptions/listen'),
	params: z.looseObject({
		notifications: z.looseObject({ resourceSubscriptions: z.array(z.string()).optional() }),
	}),
});

/** listenedUris are the resources that a `subscriptions/listen` request wants to hear of; undefined for any other request. */
export function listenedUris(body: unknown): readonly string[] | undefined {
	const parsed = ListenSchema.safeParse(body);
	return parsed.success ? [...new Set(parsed.data.params.notifications.resourceSubscriptions ?? [])] : undefined;
}

/** followAll follows all of some resources or none; `refused` says why none. */
export async function followAll(
	surface: Pick<McpSurface, 'follow'>,
	uris: readonly string[],
	changed: (uri: string) => void,
): Promise<{ readonly stop: () => void } | { readonly refused: string }> {
	if (uris.length > MOST_FOLLOWED) return { refused: `One stream follows ${MOST_FOLLOWED} resources at most.` };
	const stops: (() => void)[] = [];
	const stop = () => {
		for (const each of stops.splice(0)) each();
	};
	try {
		for (const uri of uris) stops.push(await surface.follow(uri, () => changed(uri)));
		return { stop };
	} catch (error) {
		stop();
		return { refused: isCoreError(error) ? `${error.message} ${error.hint}`.trim() : describeError(error) };
	}
}
