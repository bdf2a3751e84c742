import type { Principal } from './desk.ts';

/** SkillView is a folder of instructions (`SKILL.md`) as it is shown. */
export interface SkillView {
	readonly name: string;
	readonly description: string;
	/** Where it lies; to others than the owner only the folder's own name. */
	readonly path: string;
	readonly enabled: boolean;
	/** Bytes of its file. */
	readonly bytes: number;
	/** Files beside it, relative. */
	readonly files: readonly string[];
	/** Tools it is made for, in the words of its file. */
	readonly allowedTools?: readonly string[] | undefined;
	/** Why it is not loaded. */
	readonly problem?: string | undefined;
}

/** ISkillDesk shows skills and switches them on and off; only the owner may switch. Instructions never grant a permission. */
export interface ISkillDesk {
	/** Why none of them is used now, where that is so. */
	readonly unused: string | undefined;
	list(principal: Principal): Promise<readonly SkillView[]>;
	/** With its instructions (Markdown). Rejects with `not-found`; guests are refused. */
	get(principal: Principal, name: string): Promise<SkillView & { readonly text: string }>;
	setEnabled(principal: Principal, name: string, enabled: boolean): Promise<void>;
}
