import { describeError, type ErrorCode } from '@errand/core/domain/errors.ts';
import { GatewayCloseCodes } from 'discord.js';

/** GatewayProblem is why Discord does not let the bot in, in the words of a CoreError. */
export interface GatewayProblem {
	readonly code: ErrorCode;
	readonly message: string;
	readonly hint: string;
}

/** TOKEN_PROBLEM is a token that is wrong, or was reset. */
export const TOKEN_PROBLEM: GatewayProblem = {
	code: 'unauthorized',
	message: 'Discord does not accept the bot’s token.',
	hint: 'Make a new one at discord.com/developers/applications, Bot, Reset Token, and set DISCORD_TOKEN to it.',
};

/** problemOfClose says what a close code means that Discord does not take back; undefined for any other. */
export function problemOfClose(code: number | undefined): GatewayProblem | undefined {
	switch (code) {
		case GatewayCloseCodes.AuthenticationFailed:
			return TOKEN_PROBLEM;
		case GatewayCloseCodes.DisallowedIntents:
			return {
				code: 'invalid-config',
				message: 'Discord closed the connection because the bot lacks a privileged intent.',
				hint: 'Switch on "Message Content Intent" at discord.com/developers/applications, Bot, Privileged Gateway Intents.',
			};
		case GatewayCloseCodes.InvalidShard:
		case GatewayCloseCodes.ShardingRequired:
			return {
				code: 'invalid-config',
				message: 'Discord wants this bot to be spread over several connections, because it is in too many servers.',
				hint: 'Take it out of some servers: one connection serves 2,500.',
			};
		default:
			return undefined;
	}
}

/** unreachable is a network, or a Discord, that does not answer as it should. */
export function unreachable(seen: string): GatewayProblem {
	return {
		code: 'fetch-failed',
		message: `Discord could not be reached: ${seen}.`,
		hint: 'See discordstatus.com, and whether this server reaches discord.com and gateway.discord.gg; it is tried again.',
	};
}

/** problemOfLogin says why a login failed. */
export function problemOfLogin(error: unknown): GatewayProblem {
	const text = describeError(error);
	return /invalid token|401/i.test(text) ? TOKEN_PROBLEM : unreachable(text);
}
