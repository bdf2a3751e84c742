import { setTimeout as wait } from 'node:timers/promises';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import type { FrontendHost, Reply } from '@errand/core/ports/frontend.ts';
import type { APIApplication, APIChannel, APIGuild, APIInteraction, Client } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import { SenderNotices } from '../chat/sender-notices.ts';
import { ArrivalOrder } from './arrival-order.ts';
import { BegunGoals } from './begun-goals.ts';
import { ChannelDirectory } from './channel-directory.ts';
import { Deliveries } from './deliveries.ts';
import type { DiscordApi } from './discord-api.ts';
import type { DiscordParts } from './discord-frontend.ts';
import { FrontendHealth } from './frontend-health.ts';
import { GatewayConnection, type GatewayListener } from './gateway-connection.ts';
import { type ArrivedMessage, InboundMessages } from './inbound-messages.ts';
import { IncomingFiles } from './incoming-files.ts';
import { interactionWebhook } from './interaction-webhook.ts';
import { Interactions } from './interactions.ts';
import { LiveInteractions } from './live-interactions.ts';
import { MissedMessages } from './missed-messages.ts';
import { OutgoingFiles } from './outgoing-files.ts';
import { Refusals } from './refusals.ts';
import { Revisions } from './revisions.ts';
import { SeenMarks } from './seen-marks.ts';
import {
	checkEndpoint,
	checkGuild,
	checkIntent,
	forgetGuilds,
	inviteAddress,
	mayReadMessages,
	registerCommands,
} from './startup-checks.ts';
import { ThreadOpener } from './thread-opener.ts';
import { TypingSigns } from './typing-signs.ts';
import { INTERACTIONS_PATH } from './webhook-paths.ts';

const CLOSE_MS = 5_000;
const SAVE_AFTER_MS = 1_000;
const LOOK_AGAIN_MS = 5 * 60_000;

/** DiscordSession is one connected life of the frontend, from start to stop. */
export class DiscordSession implements GatewayListener {
	readonly #parts: DiscordParts;
	readonly #api: DiscordApi;
	readonly #application: APIApplication;
	readonly #host: FrontendHost;
	readonly #health: FrontendHealth;
	readonly #directory: ChannelDirectory;
	readonly #seen = new SeenMarks(() => void this.#save());
	readonly #goals = new BegunGoals(() => this.#save());
	readonly #order: ArrivalOrder;
	readonly #gateway: GatewayConnection;
	readonly #messages: InboundMessages;
	readonly #interactions: Interactions;
	readonly #missed: MissedMessages;
	readonly #deliveries: Deliveries;
	readonly #revisions: Revisions;
	readonly #me = { user: '', roles: new Set<string>() };
	#closed = false;
	#cancelSaving: (() => void) | undefined;
	#saved: Promise<void> = Promise.resolve();
	#nextSave: Promise<void> | undefined;
	#cancelLooking: () => void = () => {};

	constructor(parts: DiscordParts, api: DiscordApi, application: APIApplication, host: FrontendHost) {
		const { clock, log, variables, publicUrl, artifacts } = parts;
		this.#parts = parts;
		this.#api = api;
		this.#application = application;
		this.#host = host;
		const health = new FrontendHealth((state) => host.reportState(state));
		const directory = new ChannelDirectory(api);
		const live = new LiveInteractions(clock);
		const threads = new ThreadOpener({ api, directory, health, clock });
		const files = new OutgoingFiles(artifacts);
		const id = application.id;
		const channelOf = new BoundedMap<string, string>(5_000);
		this.#revisions = new Revisions({ api, directory, channelOf, publicUrl });
		this.#deliveries = new Deliveries({
			api,
			channelOf,
			directory,
			live,
			threads,
			seen: this.#seen,
			files,
			health,
			clock,
			log,
			application: id,
			publicUrl,
		});
		const order = new ArrivalOrder((channel) => this.#missed.before(channel));
		this.#order = order;
		const goals = this.#goals;
		this.#interactions = new Interactions({ api, directory, live, goals, order, host, application: id, clock, log });
		this.#messages = new InboundMessages({
			typing: new TypingSigns({ api, clock, log }),
			directory,
			files: new IncomingFiles(variables.DISCORD_API_URL),
			seen: this.#seen,
			refusals: new Refusals({ api, directory, notices: new SenderNotices(), clock, log }),
			host,
			me: this.#me,
			rootOf: (message) => this.#deliveries.rootOf(message),
			readsAll: () => this.#gateway.readsAll,
			order,
			clock,
			log,
		});
		this.#missed = new MissedMessages({
			api,
			seen: this.#seen,
			take: (message, direct) => this.#takeAgain(message, direct),
			log,
		});
		this.#gateway = new GatewayConnection({
			token: variables.DISCORD_TOKEN,
			api: variables.DISCORD_API_URL,
			listener: this,
			health,
			clock,
			log,
		});
		this.#health = health;
		this.#directory = directory;
	}

	/** Connects, and looks whether everything is set up as it has to be. */
	async open(): Promise<void> {
		const { variables, memory, clock, log } = this.#parts;
		const kept = await memory.load();
		this.#seen.restore(kept);
		this.#goals.restore(kept);
		await this.#gateway.open(mayReadMessages(this.#application));
		checkEndpoint(this.#application, variables.DISCORD_PUBLIC_KEY, this.#health);
		await registerCommands(this.#application.id, { api: this.#api, health: this.#health, log });
		if (variables.DISCORD_PUBLIC_KEY !== undefined) {
			const take = (interaction: APIInteraction) => this.#use(interaction);
			const publicKey = variables.DISCORD_PUBLIC_KEY;
			this.#host.mountWebhook(INTERACTIONS_PATH, interactionWebhook({ publicKey, take, clock, log }));
		}
		this.#health.report();
		this.#lookAgainLater();
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#cancelLooking();
		this.#cancelSaving?.();
		this.#messages.stop();
		await this.#gateway.close();
		const idle = Promise.all([this.#order.idle(), this.#interactions.stop()]);
		// What is not taken by then is read back at the next start.
		await Promise.race([idle, wait(CLOSE_MS, undefined, { ref: false })]);
		await this.#save();
	}

	async deliver(reply: Reply): Promise<Receipt> {
		const receipt = await this.#deliveries.deliver(reply);
		this.#saveLater();
		return receipt;
	}

	revise(receipt: Receipt, reply: Reply): Promise<void> {
		return this.#revisions.revise(receipt, reply);
	}

	ready(user: string, guilds: ReadonlySet<string>): void {
		this.#me.user = user;
		forgetGuilds(guilds, this.#health);
		checkIntent(this.#gateway.readsAll, this.#health);
		this.#parts.log.info('discord ready', { user, invite: inviteAddress(this.#application.id) });
		this.#readBack();
		this.#survive(this.#interactions.resume());
	}

	message(message: ArrivedMessage): void {
		this.#take(message, message.guild_id === undefined).catch((error: unknown) => {
			this.#parts.log.error('discord message not understood', { message: message.id, error });
		});
	}

	interaction(interaction: APIInteraction): void {
		this.#survive(this.#use(interaction));
	}

	channel(channel: APIChannel): void {
		this.#directory.note(channel);
	}

	channelGone(id: string): void {
		this.#directory.forget(id);
		this.#seen.forget(id);
		for (const problem of ['threads', 'send']) this.#health.clear(`${problem}:${id}`);
	}

	guild(client: Client<true>, { id, roles = [] }: APIGuild): void {
		for (const role of roles) if (role.tags?.bot_id === client.user.id) this.#me.roles.add(role.id);
		const guild = client.guilds.cache.get(id);
		if (guild !== undefined) checkGuild(guild, this.#health);
	}

	guildGone(id: string): void {
		this.#health.clear(`guild:${id}`);
	}

	/** What Discord sends may be of a shape that nobody has seen yet; the server goes on without it. */
	#survive(taking: Promise<unknown>): void {
		taking.catch((error: unknown) => this.#parts.log.error('discord event not understood', { error }));
	}

	async #take(message: ArrivedMessage, direct: boolean): Promise<void> {
		await this.#messages.take(message, direct);
		this.#saveLater();
	}

	async #use(interaction: APIInteraction): Promise<void> {
		await this.#interactions.take(interaction);
		this.#saveLater();
	}

	async #takeAgain(message: ArrivedMessage, direct: boolean): Promise<void> {
		await this.#messages.again(message, direct);
		this.#saveLater();
	}

	#readBack(): void {
		this.#missed.read().catch((error: unknown) => this.#parts.log.error('discord messages not read back', { error }));
	}

	#saveLater(): void {
		if (this.#closed) return;
		this.#cancelSaving ??= this.#parts.clock.after(SAVE_AFTER_MS, () => {
			this.#cancelSaving = undefined;
			void this.#save();
		});
	}

	/** What changes while it is saved is saved right after. */
	#save(): Promise<void> {
		this.#nextSave ??= this.#saved.then(async () => {
			this.#nextSave = undefined;
			try {
				await this.#parts.memory.save(JSON.stringify({ ...this.#seen.toSaved(), goals: this.#goals.toList() }));
			} catch (error) {
				this.#parts.log.warn('discord marks not saved', { error });
			}
		});
		this.#saved = this.#nextSave;
		return this.#nextSave;
	}

	/** What could not be taken, or is switched on by now, is found without a restart. */
	#lookAgainLater(): void {
		this.#cancelLooking = this.#parts.clock.after(LOOK_AGAIN_MS, () => {
			void this.#lookAgain().finally(() => {
				if (!this.#closed) this.#lookAgainLater();
			});
		});
	}

	async #lookAgain(): Promise<void> {
		const { log } = this.#parts;
		try {
			for (const guild of this.#gateway.guilds) checkGuild(guild, this.#health);
			if (this.#seen.hasLeft()) this.#readBack();
			await this.#interactions.resume();
			if (this.#gateway.readsAll || !mayReadMessages(await this.#api.application())) return;
			this.#gateway.reopen(true);
		} catch (error) {
			log.warn('discord not looked at again', { error });
		}
	}
}
