export type Role = 'owner' | 'member' | 'guest';

/** Preferences say where and when a person wants to be told; quiet hours are `HH:MM` in a time zone. */
export interface Preferences {
	readonly notify: { readonly questions?: string | undefined; readonly answers?: string | undefined };
	readonly quiet?: { readonly from: string; readonly to: string; readonly timeZone: string } | undefined;
	/** IANA name: the times they write are meant there. */
	readonly timeZone?: string | undefined;
}

/** PreferencesChange changes preferences: what is left out stays, null takes it away. */
export interface PreferencesChange {
	readonly notify?: { readonly questions?: string | null; readonly answers?: string | null };
	readonly quiet?: { readonly from: string; readonly to: string; readonly timeZone: string } | null;
	readonly timeZone?: string | null;
}

/** Person is somebody the server knows, with their accounts on platforms. */
export interface Person {
	readonly id: string;
	readonly role: Role;
	readonly name?: string | undefined;
	readonly identities: {
		readonly identity: string;
		readonly name?: string | undefined;
		readonly linkedAt?: number | undefined;
	}[];
	readonly tokens: { readonly id: string; readonly name: string; readonly createdAt: number }[];
	readonly preferences: Preferences;
}

/** Login is a login of the page. */
export interface Login {
	readonly id: string;
	readonly madeAt: number;
	/** To ten minutes. */
	readonly usedAt: number;
	readonly expiresAt: number;
	/** Where its link was asked for: `server` at the start, `page`, `token`, or a frontend such as `telegram`. */
	readonly from?: string | undefined;
	/** The name of your token by which it began, and with which it ends. */
	readonly token?: string | undefined;
	readonly current: boolean;
}

/** Pairing is a stranger who waits to be let in. */
export interface Pairing {
	readonly code: string;
	readonly identity: string;
	readonly name?: string | undefined;
	readonly askedAt: number;
	readonly expiresAt: number;
}
