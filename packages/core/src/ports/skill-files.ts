/** SkillText is what a planner is shown of a skill that suits a goal. */
export interface SkillText {
	readonly name: string;
	readonly description: string;
	/** Its instructions (Markdown). */
	readonly text: string;
	/** Tools it is made for, in the words of its file; capabilities among them narrow a plan that follows it, and never more. */
	readonly allowedTools?: readonly string[] | undefined;
}

/** SkillFolder is one folder with a `SKILL.md`, as it is now. */
export interface SkillFolder extends SkillText {
	/** Where it lies. */
	readonly path: string;
	/** Bytes of its `SKILL.md`. */
	readonly bytes: number;
	/** Why it is not loaded; then `text` is empty. */
	readonly problem?: string | undefined;
}

/** ISkillFiles is a folder with a folder for each skill, which somebody edits while the server runs. One that is not there has none. */
export interface ISkillFiles {
	/** By name; what changed is read anew, a second later at most. */
	list(): Promise<readonly SkillFolder[]>;
	/** Files beside the `SKILL.md` of a skill, relative to its folder; a hundred at most. */
	filesBeside(skill: Pick<SkillFolder, 'path'>): Promise<readonly string[]>;
}
