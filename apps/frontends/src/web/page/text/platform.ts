/** PlatformName is a frontend that the page has a sign and a name for. */
export type PlatformName = keyof typeof PLATFORMS;

/** PLATFORMS are the frontends by the name people know them by, in the order in which they are listed. */
export const PLATFORMS = {
	web: 'Web page',
	discord: 'Discord',
	telegram: 'Telegram',
	sms: 'SMS',
	webhook: 'Webhooks',
	api: 'API',
} as const;

/** SET_UP are the frontends that have to be set up before they are there. */
export const SET_UP: readonly PlatformName[] = ['discord', 'telegram', 'sms'];

/** platformOf reads the frontend out of an identity (`telegram:4711`). */
export function platformOf(identity: string): { readonly name: string; readonly label: string; readonly who: string } {
	const colon = identity.indexOf(':');
	const name = colon === -1 ? '' : identity.slice(0, colon);
	return { name, label: labelOf(name), who: identity.slice(colon + 1) };
}

/** labelOf names a frontend. */
export function labelOf(name: string): string {
	return isPlatform(name) ? PLATFORMS[name] : name;
}

/** isPlatform tells the frontends the page knows. */
export function isPlatform(name: string): name is PlatformName {
	return Object.hasOwn(PLATFORMS, name);
}

/** placeOf says where a conversation is held, as far as its id tells: in private, or where others write too. */
export function placeOf(conversation: string): string {
	const [frontend = ''] = conversation.split('-', 1);
	const rest = conversation.slice(frontend.length + 1);
	switch (frontend) {
		case 'discord':
			return rest.startsWith('dm-') ? 'direct messages' : `channel ${rest.split('-')[0]}`;
		case 'telegram':
			return rest.includes('.') ? `group ${rest.split('.')[0]}` : 'private chat';
		case 'sms':
			return rest;
		case 'web':
			return rest.includes('-') ? rest.slice(rest.indexOf('-') + 1) : 'main conversation';
		default:
			return rest;
	}
}

/** linkingWords says what to write to link an account on a platform with a code. */
export function linkingWords(platform: PlatformName, code: string): { readonly where: string; readonly write: string } {
	if (platform === 'sms') return { where: 'Text this to Errand’s number', write: `LINK ${code}` };
	if (platform === 'discord') return { where: 'Send this to the bot as a direct message', write: `/link ${code}` };
	return { where: 'Send this to the bot', write: `/link ${code}` };
}

/** remaining says how long something is still good: `9:42`. */
export function remaining(until: number, now: number): string {
	const seconds = Math.max(0, Math.ceil((until - now) / 1_000));
	const hours = Math.floor(seconds / 3_600);
	if (hours > 0) return `${hours} h ${Math.floor((seconds % 3_600) / 60)} min`;
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
