import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { asArtifactId, asConversationId, asReplyId, asTaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { DiscordFrontend } from '@errand/frontends/discord/discord-frontend.ts';
import { RecordingHost } from '../twilio/recording-host.ts';
import { DiscordStandIn } from './discord-stand-in.ts';

/** ServedDiscord is the adapter on a stand-in of Discord, with a host that keeps what it is handed. */
export interface ServedDiscord {
	readonly discord: DiscordStandIn;
	readonly host: RecordingHost;
	readonly frontend: DiscordFrontend;
	/** What the adapter keeps durably. */
	readonly memory: { text: string | undefined };
	readonly logged: { readonly event: string; readonly fields: unknown }[];
	readonly files: Map<string, { name: string; type: string; content: Uint8Array }>;
	/** A second adapter on the same Discord and memory, as after a restart. */
	again(host?: RecordingHost): DiscordFrontend;
	stop(): Promise<void>;
}

/** serveDiscord connects an adapter, unless `start` is false. */
export async function serveDiscord({
	limitScale = 20,
	start = true,
	publicKey = false,
	prepare = () => {},
	clock = new SystemClock(),
}: {
	limitScale?: number;
	start?: boolean;
	publicKey?: boolean;
	clock?: IClock;
	prepare?: (discord: DiscordStandIn) => void;
} = {}): Promise<ServedDiscord> {
	const discord = await DiscordStandIn.start({ limitScale });
	prepare(discord);
	const host = await RecordingHost.start();
	const memory: { text: string | undefined } = { text: undefined };
	const logged: { event: string; fields: unknown }[] = [];
	const note = (event: string, fields?: unknown) => void logged.push({ event, fields });
	const log: ILogger = { debug: note, info: note, warn: note, error: note };
	const files: ServedDiscord['files'] = new Map();
	const again = () =>
		new DiscordFrontend({
			variables: {
				...discord.env,
				...(publicKey ? { DISCORD_PUBLIC_KEY: discord.world.publicKey } : {}),
			},
			artifacts: {
				get: async (id) => {
					const file = files.get(id);
					if (file === undefined) return undefined;
					const { name, type, content } = file;
					const ref = { id: asArtifactId(id), name, type, bytes: content.byteLength };
					return { ref, owner: { person: 'p' as never }, content };
				},
			},
			publicUrl: 'https://errand.example',
			memory: {
				load: async () => memory.text,
				save: async (text) => {
					memory.text = text;
				},
			},
			clock,
			log,
		});
	const frontend = again();
	if (start) await frontend.start(host);
	const opened = [frontend];
	return {
		discord,
		host,
		frontend,
		memory,
		logged,
		files,
		again: () => {
			const next = again();
			opened.push(next);
			return next;
		},
		stop: async () => {
			for (const one of opened) await one.stop();
			await host.stop();
			await discord.stop();
		},
	};
}

let replies = 0;

/** aReply is something Errand says in a conversation. */
export function aReply(conversation: string, text: string, fields: Partial<Reply> = {}): Reply {
	replies += 1;
	return {
		id: asReplyId(`task-${'a'.repeat(20)}.${replies}`),
		kind: 'answer',
		conversation: asConversationId(conversation),
		seq: replies,
		text,
		taskId: asTaskId(`task-${'a'.repeat(20)}`),
		...fields,
	};
}

/** until resolves with what `look` finds, once it finds something. */
export async function until<Found>(
	look: () => Found | undefined | false,
	what: string,
	timeoutMs = 30_000,
): Promise<Found> {
	const end = Date.now() + timeoutMs;
	for (;;) {
		const found = look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > end) throw new Error(`This did not happen within ${timeoutMs / 1_000} s: ${what}.`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
