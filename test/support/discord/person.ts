import type { InteractionDesk, Used } from './interaction-desk.ts';
import type { Channel, Wire, WireAttachment, WireMessage, WireUser, World } from './world.ts';

/** Upload is a file that somebody attaches. */
export interface Upload {
	readonly name: string;
	readonly type: string;
	readonly content: Uint8Array;
}

interface Said {
	readonly replyTo?: WireMessage | undefined;
	readonly files?: readonly Upload[] | undefined;
	readonly fields?: Wire | undefined;
}

/** Person is somebody at a Discord client. */
export class Person {
	readonly user: WireUser;
	readonly #world: World;
	readonly #desk: InteractionDesk;

	constructor(user: WireUser, world: World, desk: InteractionDesk) {
		this.user = user;
		this.#world = world;
		this.#desk = desk;
	}

	get identity(): string {
		return `discord:${this.user.id}`;
	}

	/** The channel in which they and the bot write to each other. */
	get dm(): Channel {
		return this.#world.directChannel(this.user.id);
	}

	say(channel: Channel, content: string, { replyTo, files = [], fields = {} }: Said = {}): WireMessage {
		const attachments: WireAttachment[] = files.map(({ name, type, content: bytes }) =>
			this.#world.addFile(name, type, bytes),
		);
		const reply =
			replyTo === undefined
				? {}
				: { type: 19, message_reference: { type: 0, message_id: replyTo.id, channel_id: channel.id } };
		return this.#world.post(channel, this.user, { content, attachments, ...reply, ...fields });
	}

	mention(channel: Channel, content: string, said: Said = {}): WireMessage {
		return this.say(channel, `<@${this.#world.bot.id}> ${content}`, said);
	}

	/** Uses a slash command; `options` by their names, numbers and texts. */
	command(channel: Channel, name: string, options: Readonly<Record<string, string | number>> = {}): Promise<Used> {
		return this.#desk.use('command', { user: this.user, channel, data: this.#commandData(name, options) });
	}

	/** Types into an option, and resolves with what is offered. */
	async complete(
		channel: Channel,
		name: string,
		option: string,
		typed: string,
	): Promise<{ name: string; value: unknown }[]> {
		const data = this.#commandData(name, { [option]: typed }, option);
		const used = await this.#desk.use('autocomplete', { user: this.user, channel, data });
		await answered(used);
		const choices = (used.response?.['data'] as Wire | undefined)?.['choices'];
		return (choices ?? []) as { name: string; value: unknown }[];
	}

	/** Presses the button that is labelled so. */
	async press(message: WireMessage, label: string): Promise<Used> {
		const button = componentsOf(message).find((one) => one['label'] === label);
		if (button === undefined) throw new Error(`There is no button "${label}" under: ${message.content}`);
		if (button['disabled'] === true) throw new Error(`The button "${label}" cannot be pressed any more.`);
		return this.use(message, button);
	}

	/** Presses a button, whether or not it is still there. */
	use(message: WireMessage, button: Wire): Promise<Used> {
		return this.#onMessage(message, { component_type: 2, custom_id: button['custom_id'] });
	}

	/** Chooses from the menu under a message. */
	async choose(message: WireMessage, label: string): Promise<Used> {
		const menu = componentsOf(message).find((one) => one['type'] === 3);
		const option = (menu?.['options'] as Wire[] | undefined)?.find((one) => one['label'] === label);
		if (menu === undefined || option === undefined)
			throw new Error(`There is no choice "${label}" under: ${message.content}`);
		return this.#onMessage(message, { component_type: 3, custom_id: menu['custom_id'], values: [option['value']] });
	}

	/** Fills in the form that a press opened. */
	submit(opened: Used, text: string): Promise<Used> {
		const form = opened.response?.['type'] === 9 ? (opened.response['data'] as Wire) : undefined;
		if (form === undefined) throw new Error('No form was opened.');
		const [label] = form['components'] as Wire[];
		const field = label?.['component'] as Wire;
		const filled = { type: 18, id: 1, component: { type: 4, id: 2, custom_id: field['custom_id'], value: text } };
		const data = { custom_id: form['custom_id'], components: [filled] };
		return this.#desk.use('modal', { user: this.user, channel: opened.channel, data, on: opened.on });
	}

	/** What the bot wrote in a channel, oldest first. */
	sees(channel: Channel): WireMessage[] {
		return channel.messages.filter(({ author }) => author.id === this.#world.bot.id);
	}

	async #onMessage(message: WireMessage, data: Wire): Promise<Used> {
		const channel = this.#world.channels.get(message.channel_id);
		if (channel === undefined) throw new Error('The channel is gone.');
		return this.#desk.use('component', { user: this.user, channel, data, on: message });
	}

	/** Options as Discord sends them: of the type that was registered. */
	#commandData(name: string, options: Readonly<Record<string, string | number>>, focused?: string): Wire {
		const command = this.#world.commands.find((one) => one['name'] === name);
		if (command === undefined) throw new Error(`There is no command /${name}.`);
		const known = (command['options'] ?? []) as Wire[];
		for (const option of known) {
			const missing = option['required'] === true && options[String(option['name'])] === undefined;
			if (missing && focused === undefined) throw new Error(`/${name} needs ${String(option['name'])}.`);
		}
		const given = Object.entries(options).map(([key, value]) => {
			const option = known.find((one) => one['name'] === key);
			if (option === undefined) throw new Error(`/${name} has no option ${key}.`);
			return { name: key, type: option['type'], value, ...(key === focused ? { focused: true } : {}) };
		});
		return { id: command['id'], name, type: 1, options: given };
	}
}

/** answered resolves once the bot has answered an interaction; it rejects when Discord would give up. */
export async function answered(used: Used): Promise<Used> {
	while (used.response === undefined) {
		if (Date.now() - used.usedAt > 3_000) throw new Error('The application did not respond.');
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	return used;
}

/** componentsOf are the buttons and menus under a message. */
export function componentsOf(message: WireMessage): Wire[] {
	return message.components.flatMap((row) => (row['components'] ?? []) as Wire[]);
}
