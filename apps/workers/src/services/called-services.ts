import type { BrowserSight } from '@errand/core/ports/browser.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import type { ModelReply } from '@errand/core/ports/language-model.ts';
import type { SearchHit } from '@errand/core/ports/web-search.ts';
import type { CallHost, OfferedServices } from './service-call.ts';

/** calledServices makes of what a host offers what a handler sees; every use of it is a call to the host. */
export function calledServices(
	offered: OfferedServices,
	call: CallHost,
): Pick<RunContext, 'model' | 'search' | 'browser'> {
	const { model, search, browser } = offered;
	return {
		model: model && {
			...model,
			reply: async (request, listener) => (await call({ service: 'model', request }, listener)) as ModelReply,
			embed: async (texts, options) =>
				(await call({ service: 'embed', texts, ...options })) as Awaited<ReturnType<RunModel['embed']>>,
		},
		search: search && {
			...search,
			search: async (query) => (await call({ service: 'search', query })) as readonly SearchHit[],
		},
		browser: browser && {
			act: async (context, action, timeoutMs) =>
				(await call({ service: 'browser', context, action, timeoutMs })) as BrowserSight,
		},
	};
}
