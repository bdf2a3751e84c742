import { openSearch } from '@errand/core/adapters/search/open-search.ts';
import type { SearchVariables } from '@errand/core/adapters/search/search-variables.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILanguageModel } from '@errand/core/ports/language-model.ts';
import type { IWebSearch } from '@errand/core/ports/web-search.ts';
import { probeLauncher } from '../sessions/browser/probe-launcher.ts';
import { findBrowser } from '../sessions/find-browser.ts';
import { SERVICE_NAMES } from './service-call.ts';

/** ServiceSettings is what the operator said about the services of tasks. */
export interface ServiceSettings {
	/** Which web search there is. */
	readonly search: SearchVariables;
	/** The browser's program, where the operator chose one. */
	readonly browserPath: string | undefined;
}

/** Found is what this machine and its configuration have for tasks; `words` says so, and of what is missing how to get it. */
export interface Found {
	readonly model: ILanguageModel | undefined;
	readonly search: IWebSearch | undefined;
	readonly browserPath: string | undefined;
	readonly words: readonly string[];
}

/** FoundModel is the language model of a process, and a sentence for each provider behind it. */
export interface FoundModel {
	readonly model: ILanguageModel;
	readonly words: readonly string[];
}

/** findServices looks for what makes Errand able to do more. It takes no longer than about 300 ms and needs none of it. */
export async function findServices(
	config: ServiceSettings,
	{ clock, models }: { readonly clock: IClock; readonly models: () => Promise<FoundModel | undefined> },
): Promise<Found> {
	const [opened, browser] = await Promise.all([models(), describedBrowser(config)]);
	const search = openSearch(config.search, clock);
	return {
		model: opened?.model,
		search,
		browserPath: browser?.path,
		words: [
			...(opened?.words ?? [`none, so rules plan and write. ${howTo('model')}`]).map((one) => `Language model: ${one}`),
			`Web search: ${search?.name ?? `none, so research starts from addresses you give. ${howTo('search')}`}`,
			`Browser: ${browser?.words ?? `none, so pages are read without one. ${howTo('browser')}`}`,
		],
	};
}

async function describedBrowser({ browserPath: configured }: ServiceSettings) {
	const browser = await findBrowser({ configured });
	if (browser === undefined) return undefined;
	return { ...browser, words: `${browser.path}, ${LAUNCHER_WORDS[await probeLauncher(browser.path)]}.` };
}

/** What keeps a browser from outliving the server. */
const LAUNCHER_WORDS = {
	bwrap: 'started under bwrap, so that nothing of it outlives the server',
	setpriv: 'started under setpriv, so that it dies with the server (bubblewrap would leave nothing of it behind)',
	plain: 'started as it is, so that it ends when it notices the end of the server (install bubblewrap for more)',
} as const;

function howTo(service: keyof typeof SERVICE_NAMES): string {
	const words = SERVICE_NAMES[service].howTo;
	return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
