import type { Principal } from './desk.ts';

/** SkillView is a folder of instructions (`SKILL.md`) as it is shown. */
export interface SkillView {
	readonly name: string;
	readonly description: string;
	/** Where it lies. */
	readonly path: string;
	readonly enabled: boolean;
	/** Bytes of its instructions. */
	readonly bytes: number;
	/** Files beside it, relative. */
	readonly files: readonly string[];
	/** Why it is not loaded. */
	readonly problem?: string | undefined;
}

/** ISkillDesk shows skills and switches them on and off; only the owner may switch. Instructions never grant a permission. */
export interface ISkillDesk {
	list(principal: Principal): Promise<readonly SkillView[]>;
	/** With its instructions (Markdown). Rejects with `not-found`. */
	get(principal: Principal, name: string): Promise<SkillView & { readonly text: string }>;
	setEnabled(principal: Principal, name: string, enabled: boolean): Promise<void>;
}

/** SkillText is what a planner is shown of a skill that suits a goal. */
export interface SkillText {
	readonly name: string;
	readonly description: string;
	readonly text: string;
}
