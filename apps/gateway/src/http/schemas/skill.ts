import type { SkillView } from '@errand/core/orchestrator/desks/skills.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

/** SkillParams parses the path of every call about one skill. */
export const SkillParams = z.object({ name: z.string().min(1).max(255) });
/** EnableSkillSchema parses the body of `POST /v1/skills/:name/enabled`. */
export const EnableSkillSchema = z.strictObject({ enabled: z.boolean() });

/** SkillSchema documents a skill in a list. */
export const SkillSchema = z.object({
	name: z.string(),
	description: z.string().describe('What it is for, and when; by this it is chosen.'),
	path: z.string().describe('Where it lies; to others than the owner the name of its folder.'),
	enabled: z.boolean(),
	bytes: z.int().describe('Of its `SKILL.md`.'),
	files: z.array(z.string()).describe('Beside its `SKILL.md`, relative to its folder.'),
	allowedTools: z
		.array(z.string())
		.optional()
		.describe('Tools it is made for; capabilities among them narrow plans that follow it, and it grants nothing.'),
	problem: z.string().optional().describe('Why it is not loaded.'),
}) satisfies Describes<SkillView>;

/** SkillTextSchema documents a skill with its instructions. */
export const SkillTextSchema = SkillSchema.extend({ text: z.string().describe('Markdown.') });
