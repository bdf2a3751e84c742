import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost, FrontendLimits, IFrontend, Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type APIApplication, DiscordAPIError } from 'discord.js';
import type { FrontendMemory } from '../chat/frontend-memory.ts';
import { stoppedInStart } from '../chat/stopped-in-start.ts';
import { DiscordApi } from './discord-api.ts';
import { DiscordSession } from './discord-session.ts';
import { TOKEN_PROBLEM, unreachable } from './gateway-problems.ts';
import { DISCORD_LIMITS } from './render-reply.ts';
import type { DiscordVariables } from './variables.ts';

/** DiscordParts is what the Discord frontend is built from. */
export interface DiscordParts {
	readonly variables: DiscordVariables & { readonly DISCORD_TOKEN: string };
	readonly artifacts: Pick<IArtifactStore, 'get'>;
	/** Where people reach the page, for files that are too large. */
	readonly publicUrl?: string | undefined;
	/** Keeps one text durably: up to where each channel was read. */
	readonly memory: FrontendMemory;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** DiscordFrontend serves direct messages, mentions, threads, slash commands, buttons and forms on Discord. */
export class DiscordFrontend implements IFrontend {
	readonly name = 'discord';
	readonly limits: FrontendLimits = {
		maxTextLength: DISCORD_LIMITS.text,
		edits: true,
		buttons: true,
		markdown: 'discord',
		files: true,
		editsPerSecond: 0.7,
		deduplicates: 'briefly',
		saysWhenSending: false,
		quietMs: 1_500,
		showsTasks: false,
		push: true,
	};
	readonly #parts: DiscordParts;
	readonly #api: DiscordApi;
	#host: FrontendHost | undefined;
	#session: DiscordSession | undefined;
	/** Counts how often it was stopped. */
	#stops = 0;

	constructor(parts: DiscordParts) {
		const { DISCORD_TOKEN: token, DISCORD_API_URL: api } = parts.variables;
		this.#parts = parts;
		this.#api = new DiscordApi({ token, api });
	}

	async start(host: FrontendHost): Promise<void> {
		const stops = this.#stops;
		const application = await this.#application();
		if (stops !== this.#stops) throw stoppedInStart(this.name);
		const session = new DiscordSession(this.#parts, this.#api, application, host);
		this.#host = host;
		// Before it is open, because what it hears at once may be answered at once.
		this.#session = session;
		try {
			await session.open();
		} catch (error) {
			this.#session = undefined;
			await session.close();
			throw error;
		}
	}

	async deliver(reply: Reply): Promise<Receipt> {
		return this.#connected().deliver(reply);
	}

	async revise(receipt: Receipt, reply: Reply): Promise<void> {
		return this.#connected().revise(receipt, reply);
	}

	async stop(): Promise<void> {
		this.#stops++;
		const session = this.#session;
		this.#session = undefined;
		if (session === undefined) return;
		await session.close();
		this.#host?.reportState({ status: 'stopped' });
	}

	#connected(): DiscordSession {
		if (this.#session !== undefined) return this.#session;
		throw new DeliveryFailure({ kind: 'retryable', code: 'not-connected', message: 'Discord is not connected.' });
	}

	async #application(): Promise<APIApplication> {
		try {
			return await this.#api.application();
		} catch (error) {
			const problem =
				error instanceof DiscordAPIError && error.status === 401 ? TOKEN_PROBLEM : unreachable(describeError(error));
			throw new CoreError(problem.code, problem.message, { hint: problem.hint, cause: error });
		}
	}
}
