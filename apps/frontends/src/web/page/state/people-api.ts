import type { PairingView, PersonView, Preferences, Role } from '@errand/core/domain/person/person-view.ts';
import type { ConversationSummary } from '@errand/core/orchestrator/desks/desk.ts';
import type { Ask } from './api.ts';

/** LinkCode links one more account to whoever asked for it, once. */
export interface LinkCode {
	readonly code: string;
	readonly expiresAt: number;
}

/** Login is a login of the page. */
export interface Login {
	readonly id: string;
	readonly madeAt: number;
	readonly usedAt: number;
	/** Where its link was asked for. */
	readonly from?: string;
	/** The name of the token by which it began. */
	readonly token?: string;
	/** Whether it is the one of this browser. */
	readonly current: boolean;
}

/** FrontendCheck is how a part of the server is. */
export interface FrontendCheck {
	readonly status: 'ready' | 'degraded' | 'stopped' | 'standby';
	readonly message?: string | undefined;
	readonly hint?: string | undefined;
}

/** ConversationPage is a part of the list of somebody's conversations; `next` leads to the following one. */
export interface ConversationPage {
	readonly conversations: readonly ConversationSummary[];
	readonly next?: number | undefined;
}

/** NewPreferences change what they name; null takes away. */
export interface NewPreferences {
	readonly notify: { readonly questions: string | null; readonly answers: string | null };
	readonly quiet: NonNullable<Preferences['quiet']> | null;
	readonly timeZone: string | null;
}

/** PeopleApi is every call about people, their accounts and where they are reached. */
export interface PeopleApi {
	me(): Promise<PersonView>;
	everybody(): Promise<readonly PersonView[]>;
	strangers(): Promise<readonly PairingView[]>;
	letIn(code: string, role: Exclude<Role, 'owner'>): Promise<unknown>;
	refuse(code: string): Promise<unknown>;
	setRole(person: string, role: Role): Promise<unknown>;
	forget(person: string): Promise<unknown>;
	linkCode(): Promise<LinkCode>;
	/** Takes an account off somebody. */
	revokeAccount(person: string, identity: string): Promise<unknown>;
	setPreferences(preferences: NewPreferences): Promise<unknown>;
	makeToken(name: string): Promise<{ readonly id: string; readonly token: string }>;
	revokeToken(id: string): Promise<unknown>;
	logins(): Promise<readonly Login[]>;
	endLogin(id: string): Promise<unknown>;
	/** Ends every login, this browser's too. */
	endLogins(): Promise<unknown>;
	/** How each part is, by name. */
	checks(): Promise<Readonly<Record<string, FrontendCheck>>>;
	/** Those that began last first, wherever they are held. */
	conversations(before: number | undefined): Promise<ConversationPage>;
}

/** peopleApi makes the calls. */
export function peopleApi(ask: Ask): PeopleApi {
	const part = encodeURIComponent;
	return {
		me: () => ask('GET', '/v1/people/me'),
		everybody: async () => (await ask<{ people: readonly PersonView[] }>('GET', '/v1/people')).people,
		strangers: async () => (await ask<{ pairings: readonly PairingView[] }>('GET', '/v1/people/pairings')).pairings,
		letIn: (code, role) => ask('POST', `/v1/people/pairings/${part(code)}/approve`, { role }),
		refuse: (code) => ask('POST', `/v1/people/pairings/${part(code)}/refuse`, {}),
		setRole: (person, role) => ask('PATCH', `/v1/people/${part(person)}`, { role }),
		forget: (person) => ask('DELETE', `/v1/people/${part(person)}`),
		linkCode: () => ask('POST', '/v1/people/me/link-code', {}),
		revokeAccount: (person, identity) => ask('DELETE', `/v1/people/${part(person)}/identities/${part(identity)}`),
		setPreferences: (preferences) => ask('PATCH', '/v1/people/me/preferences', preferences),
		makeToken: (name) => ask('POST', '/v1/people/me/tokens', { name }),
		revokeToken: (id) => ask('DELETE', `/v1/people/me/tokens/${part(id)}`),
		logins: async () => (await ask<{ logins: readonly Login[] }>('GET', '/v1/people/me/logins')).logins,
		endLogin: (id) => ask('DELETE', `/v1/people/me/logins/${part(id)}`),
		endLogins: () => ask('DELETE', '/v1/people/me/logins'),
		checks: async () => {
			// Not ready is an answer too.
			const response = await fetch('/readyz', { credentials: 'same-origin' });
			return ((await response.json()) as { checks: Readonly<Record<string, FrontendCheck>> }).checks;
		},
		conversations: (before) =>
			ask('GET', `/v1/conversations?limit=50${before === undefined ? '' : `&before=${before}`}`),
	};
}
