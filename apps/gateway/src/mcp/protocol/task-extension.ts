import { isCoreError } from '@errand/core/domain/errors.ts';
import {
	MissingRequiredClientCapabilityError,
	ProtocolError,
	ProtocolErrorCode,
	type Server,
	type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { capabilitiesOf, TASKS_EXTENSION } from './client-abilities.ts';
import type { McpTasks } from './surface.ts';

const TaskParams = z.looseObject({ taskId: z.string().min(1).max(400) });

/** serveTasks answers what clients ask of tasks that their tool calls started. */
export function serveTasks(server: Server, tasks: McpTasks): void {
	const admit = (sdk: ServerContext) => {
		if (capabilitiesOf(server, sdk).extensions?.[TASKS_EXTENSION] !== undefined) return;
		throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } });
	};
	server.setRequestHandler('tasks/get', { params: TaskParams }, async ({ taskId }, sdk) => {
		admit(sdk);
		return { ...(await known(() => tasks.get(taskId))) };
	});
	server.setRequestHandler('tasks/cancel', { params: TaskParams }, async ({ taskId }, sdk) => {
		admit(sdk);
		await known(() => tasks.cancel(taskId));
		return {};
	});
	server.setRequestHandler('tasks/update', { params: TaskParams }, async ({ taskId }, sdk) => {
		admit(sdk);
		await known(() => tasks.update(taskId, sdk.mcpReq.inputResponses ?? {}));
		return {};
	});
}

async function known<T>(run: () => Promise<T>): Promise<T> {
	try {
		return await run();
	} catch (error) {
		if (!isCoreError(error)) throw error;
		throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${error.message} ${error.hint}`.trim(), {
			code: error.code,
		});
	}
}
