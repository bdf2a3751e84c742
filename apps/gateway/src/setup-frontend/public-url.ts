import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { openDoor } from './door.ts';
import { reasonOf } from './vendor-call.ts';
import { askFor, untilItWorks, type Walk } from './walk.ts';

/** PublicUrlNeeds says what a platform wants of the address it calls. */
interface PublicUrlNeeds {
	/** Ports it can call; any unless said. */
	readonly ports?: readonly string[];
	/** The platform is a stand-in on this machine, so that the address may be as well. */
	readonly standIn: boolean;
}

/** askPublicUrl asks where a platform can reach Errand, and goes there to see. */
export async function askPublicUrl(walk: Walk, needs: PublicUrlNeeds): Promise<{ publicUrl: string; works: boolean }> {
	const { asker, typed, known, signal } = walk;
	const port = known['PORT'] ?? '3000';
	const present = typed.publicUrl ?? known['ERRAND_PUBLIC_URL'];
	if (!typed.yes && present === undefined) {
		asker.say('');
		asker.say(
			'The platform must reach Errand from outside, by https. A tunnel gives this machine a public address, such as',
		);
		asker.say(`  cloudflared tunnel --url http://127.0.0.1:${port}`);
		asker.say(`  tailscale funnel ${port}`);
		asker.say(`  ngrok http ${port}`);
		asker.say(`or a proxy with a certificate (Caddy, nginx) passes everything on to http://127.0.0.1:${port}.`);
	}
	const { value, found } = await untilItWorks(walk, {
		what: 'Going there',
		ask: (before: string | undefined) =>
			askFor(walk, {
				flag: '--public-url',
				words: 'Errand’s public address, such as https://errand.example:',
				byDefault: before ?? present,
				read: (text) => readPublicUrl(text, needs),
				wrong: `It must be https://, a host${needs.ports === undefined ? '' : ` (port ${needs.ports.join(', ')})`}, and nothing after it.`,
			}),
		check: (url: string) => visit(url, { host: known['HOST'] ?? '127.0.0.1', port, signal }),
	});
	if (found !== undefined) asker.say(`  ✓ ${value} leads ${found === 'here' ? 'to this machine' : 'to an Errand'}.`);
	return { publicUrl: value, works: found !== undefined };
}

/** readPublicUrl reads an https address without a path; undefined for anything else. */
export function readPublicUrl(text: string, { ports, standIn }: PublicUrlNeeds): string | undefined {
	if (!URL.canParse(text)) return undefined;
	const url = new URL(text);
	if (url.pathname !== '/' || url.search || url.hash || url.username) return undefined;
	if (standIn && url.hostname === '127.0.0.1') return url.origin;
	const fits = url.protocol === 'https:' && (ports === undefined || ports.includes(url.port || '443'));
	return fits ? url.origin : undefined;
}

/** Finds out whether the address leads to Errand; while none runs here, the set-up opens the door in its place. */
async function visit(
	url: string,
	{ host, port, signal }: { host: string; port: string; signal: AbortSignal },
): Promise<'here' | 'to an Errand'> {
	const door = await openDoor({ host, port: Number(port) });
	try {
		const health = await knock(url, { signal, hint: `Lead it to http://127.0.0.1:${port} on this machine.` });
		return door !== undefined && health.door === door.name ? 'here' : 'to an Errand';
	} finally {
		await door?.close();
	}
}

const PATIENCE_MS = 15_000;
const Health = z.object({ status: z.literal('ok'), door: z.string().optional() });

async function knock(url: string, { signal, hint }: { signal: AbortSignal; hint: string }) {
	const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
	const seen = await fetch(`${url}/healthz`, { redirect: 'manual', signal: within }).then(
		async (response) => ({ status: response.status, text: await response.text() }),
		(error: unknown) => {
			if (signal.aborted) throw new CoreError('cancelled', 'The set-up was ended.', { hint: 'Nothing was written.' });
			throw new CoreError('fetch-failed', `${url}/healthz cannot be reached: ${reasonOf(error)}.`, {
				hint: `Check the address, and that the tunnel or proxy runs. ${hint}`,
				cause: error,
			});
		},
	);
	const health = Health.safeParse(jsonOf(seen.text));
	if (seen.status === 200 && health.success) return health.data;
	const moved = seen.status >= 300 && seen.status < 400;
	throw new CoreError('fetch-failed', `${url}/healthz answers with status ${seen.status}, and not as Errand does.`, {
		hint: moved ? `It sends callers elsewhere: give the address it ends at. ${hint}` : hint,
	});
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
