import { hash } from 'node:crypto';
import type { TaskPushNotificationConfig } from '@a2a-js/sdk';
import type { Push } from '@errand/core/domain/exchange/exchange.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { malformed } from './a2a-error.ts';
import { exchangeOf, type HandlerDesks } from './exchange-of.ts';

/** setPush has a client told at an address how a task goes on. */
export async function setPush(
	desks: HandlerDesks,
	principal: Principal,
	taskId: string,
	config: TaskPushNotificationConfig,
): Promise<TaskPushNotificationConfig> {
	const { url, token, authentication } = config;
	if (url === '' || url.length > 2_000) throw malformed('A push notification configuration needs a url.');
	if (token.length > 1_000 || (authentication?.credentials.length ?? 0) > 4_000)
		throw malformed('The token is too long.');
	await exchangeOf(desks, principal, taskId);
	const id = config.id === '' ? hash('sha256', url, 'hex').slice(0, 16) : config.id.slice(0, 200);
	const push = await desks.exchanges.setPush(principal, asTaskId(taskId), {
		...{ id, url },
		...(token === '' ? {} : { token }),
		...(authentication === undefined
			? {}
			: { authorization: `${authentication.scheme || 'Bearer'} ${authentication.credentials}` }),
	});
	return shownPush(taskId, push);
}

/** shownPush is where a client is told, as it may be shown again: what proves Errand there is in the vault, and stays. */
export function shownPush(taskId: string, { id, url }: Push): TaskPushNotificationConfig {
	return { tenant: '', id, taskId, url, token: '', authentication: undefined };
}
