import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { EnableSkillSchema, SkillParams, SkillSchema, SkillTextSchema } from '../schemas/skill.ts';

/** SKILL_ROUTES show the operator's skills and switch them on and off. */
export const SKILL_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/skills',
			operationId: 'listSkills',
			summary: 'The skills that are installed: instructions that planners follow where they suit a goal.',
			tag: 'skills',
			access: 'person',
			responses: {
				200: {
					description: 'By name; `unused` says why none of them is used, where that is so.',
					schema: z.object({ skills: z.array(SkillSchema), unused: z.string().optional() }),
				},
			},
			errors: [],
		},
		async ({ skills }, { caller }) => ({
			status: 200,
			json: { skills: await skills.list(caller.principal), unused: skills.unused },
		}),
	),
	route(
		{
			method: 'get',
			path: '/v1/skills/:name',
			operationId: 'getSkill',
			summary: 'Show one skill.',
			tag: 'skills',
			access: 'person',
			params: SkillParams,
			responses: { 200: { description: 'With its instructions.', schema: SkillTextSchema } },
			errors: ['not-found', 'forbidden'],
		},
		async ({ skills }, { caller, params }) => ({ status: 200, json: await skills.get(caller.principal, params.name) }),
	),
	route(
		{
			method: 'post',
			path: '/v1/skills/:name/enabled',
			operationId: 'enableSkill',
			summary: 'Switch a skill on or off; the owner only.',
			tag: 'skills',
			access: 'owner',
			params: SkillParams,
			body: EnableSkillSchema,
			responses: { 204: { description: 'Done.' } },
			errors: ['not-found', 'disk-full', 'store-unreachable'],
		},
		async ({ skills }, { caller, params, body }) => {
			await skills.setEnabled(caller.principal, params.name, body.enabled);
			return { status: 204 };
		},
	),
];
