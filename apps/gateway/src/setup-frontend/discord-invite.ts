// Numbers of https://discord.com/developers/docs/topics/permissions; BigInt, because some are beyond 31 bits.
const PERMISSIONS = {
	'View Channels': 10n,
	'Send Messages': 11n,
	'Attach Files': 15n,
	'Read Message History': 16n,
	'Create Public Threads': 35n,
	'Send Messages in Threads': 38n,
} as const;

/** INVITE_PERMISSIONS names what the invited bot may do. */
export const INVITE_PERMISSIONS = Object.keys(PERMISSIONS);

/** inviteLink lets the bot into a server, with slash commands and the permissions it needs. */
export function inviteLink(applicationId: string): string {
	const permissions = Object.values(PERMISSIONS).reduce((all, bit) => all | (1n << bit), 0n);
	const query = new URLSearchParams({
		client_id: applicationId,
		scope: 'bot applications.commands',
		permissions: String(permissions),
	});
	return `https://discord.com/oauth2/authorize?${query}`;
}
