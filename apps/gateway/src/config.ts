import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { SEARCH_VARIABLES, type SearchVariables } from '@errand/core/adapters/search/search-variables.ts';
import {
	CLUSTER_VARIABLES,
	type ClusterVariables,
	clusterOf,
	type Environment,
	parseEnvironment,
	REPOSITORY,
	SHARED_VARIABLES,
} from '@errand/core/infrastructure/environment.ts';
import {
	listVariable,
	PROCESS_VARIABLES,
	pickVariables as pick,
	portVariable,
	secretsOf,
} from '@errand/core/infrastructure/process-variables.ts';
import { type ModelsConfig, readModelsFile } from '@errand/core/models/config/models-config.ts';
import { MODEL_VARIABLES, type ModelVariables } from '@errand/core/models/model-variables.ts';
import { DISCORD_VARIABLES, type DiscordVariables } from '@errand/frontends/discord/variables.ts';
import { TWILIO_VARIABLES, type TwilioVariables } from '@errand/frontends/sms/variables.ts';
import { TELEGRAM_VARIABLES, type TelegramVariables } from '@errand/frontends/telegram/variables.ts';
import { SCALING_VARIABLES, type ScalingVariables } from '@errand/workers/scaling/scaling-config.ts';
import { BROWSER_VARIABLES } from '@errand/workers/sessions/browser-variables.ts';
import { type McpVariables, mcpVariables } from '@errand/workers/tools/read-mcp-servers.ts';
import { TOOL_VARIABLES, type ToolVariables } from '@errand/workers/tools/tool-variables.ts';
import { z } from 'zod';

const VARIABLES = {
	...SHARED_VARIABLES,
	...CLUSTER_VARIABLES,
	...PROCESS_VARIABLES,
	...MODEL_VARIABLES,
	...SEARCH_VARIABLES,
	...BROWSER_VARIABLES,
	...DISCORD_VARIABLES,
	...TELEGRAM_VARIABLES,
	...TWILIO_VARIABLES,
	...SCALING_VARIABLES,
	...TOOL_VARIABLES,
	/** Workflows of the operator, one in a YAML file. */
	ERRAND_WORKFLOWS_DIR: z
		.string()
		.transform((path) => resolve(path))
		.optional(),
	/** Folders with a SKILL.md in each. */
	ERRAND_SKILLS_DIR: z
		.string()
		.transform((path) => resolve(path))
		.optional(),
	PORT: portVariable.default(3000),
	ERRAND_PUBLIC_URL: z
		.string()
		.refine(isPublicUrl, 'must be an http or https address without path, such as https://errand.example')
		.transform((text) => new URL(text).origin)
		.optional(),
	/** Folders in which others than the owner may have backlogs, as PATH lists them. */
	ERRAND_PROJECTS: z
		.string()
		.refine(
			(text) => text.split(delimiter).every((path) => path === '' || isAbsolute(path)),
			'must be absolute folders, separated as in PATH',
		)
		.transform((text) => text.split(delimiter).filter((path) => path !== ''))
		.default([]),
	ERRAND_OWNERS: listVariable(
		isIdentity,
		'must be identities separated by commas, such as telegram:4711,sms:+15551230001',
	),
};

const SECRETS = [
	'ERRAND_TOKEN',
	'ERRAND_SECRET_KEY',
	'DATABASE_URL',
	'DATABASE_REPLICA_URL',
	'DATABASE_PEER_URL',
	'REDIS_URL',
	'OPENAI_API_KEY',
	'ANTHROPIC_API_KEY',
	'GEMINI_API_KEY',
	'OPENROUTER_API_KEY',
	'BRAVE_API_KEY',
	'DISCORD_TOKEN',
	'TELEGRAM_BOT_TOKEN',
	'TELEGRAM_WEBHOOK_SECRET',
	'TWILIO_AUTH_TOKEN',
	'FLY_API_TOKEN',
] as const;

/** Config is what the gateway was told by its environment, parsed once. */
export interface Config {
	readonly port: number;
	readonly host: string;
	readonly dataDir: string;
	readonly token: string | undefined;
	/** What it shares with other processes; undefined for a server that does everything by itself. */
	readonly cluster: ClusterVariables | undefined;
	/** An origin (`https://errand.example`) that platforms and people elsewhere can reach. */
	readonly publicUrl: string | undefined;
	/** `host:port` that the network guard lets through. */
	readonly allowPrivateHosts: readonly string[];
	/** Which language model and which web search there are. */
	readonly model: ModelVariables;
	readonly search: SearchVariables;
	/** Providers and models as the operator's file says; undefined without one. */
	readonly models: ModelsConfig | undefined;
	readonly discord: DiscordVariables;
	readonly telegram: TelegramVariables;
	readonly twilio: TwilioVariables;
	readonly scaling: ScalingVariables;
	/** What brings capabilities of its own. */
	readonly tools: ToolVariables;
	/** What the file of MCP servers may name. */
	readonly mcpVariables: McpVariables;
	/** Where the operator's workflows and skills stand. */
	readonly workflowsDir: string;
	readonly skillsDir: string;
	/** All of it, for processes that are started from here. */
	readonly environment: Environment;
	/** Identities that are the owner without pairing: `telegram:4711`. */
	readonly owners: readonly string[];
	/** Folders in which others than the owner may have backlogs. */
	readonly projects: readonly string[];
	/** The browser's program, where the operator chose one. */
	readonly browserPath: string | undefined;
	/** What must not stand in a log. */
	readonly secrets: readonly string[];
	readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
	/** Where the built page stands. */
	readonly pageDir: string;
}

/** readConfig parses the environment whole; every mistake is in the one `invalid-config` error it throws. */
export function readConfig(env: Environment = process.env): Config {
	const data = parseEnvironment(VARIABLES, env);
	const models = data.ERRAND_MODELS === undefined ? undefined : readModelsFile(data.ERRAND_MODELS, env);
	return Object.freeze({
		port: data.PORT,
		host: data.HOST,
		dataDir: data.ERRAND_DATA_DIR,
		token: data.ERRAND_TOKEN,
		cluster: clusterOf(data),
		publicUrl: data.ERRAND_PUBLIC_URL,
		allowPrivateHosts: Object.freeze(data.ERRAND_ALLOW_PRIVATE_HOSTS),
		model: Object.freeze(pick(data, MODEL_VARIABLES)),
		search: Object.freeze(pick(data, SEARCH_VARIABLES)),
		models,
		discord: Object.freeze(pick(data, DISCORD_VARIABLES)),
		telegram: Object.freeze(pick(data, TELEGRAM_VARIABLES)),
		twilio: Object.freeze(pick(data, TWILIO_VARIABLES)),
		scaling: Object.freeze(pick(data, SCALING_VARIABLES)),
		tools: Object.freeze(pick(data, TOOL_VARIABLES)),
		mcpVariables: mcpVariables(env),
		workflowsDir: data.ERRAND_WORKFLOWS_DIR ?? join(data.ERRAND_DATA_DIR, 'workflows'),
		skillsDir: data.ERRAND_SKILLS_DIR ?? join(data.ERRAND_DATA_DIR, 'skills'),
		environment: env,
		owners: Object.freeze(data.ERRAND_OWNERS),
		projects: Object.freeze(data.ERRAND_PROJECTS),
		browserPath: data.CHROMIUM_PATH,
		secrets: [...secretsOf(data, SECRETS), ...(models?.providers ?? []).flatMap(({ apiKey }) => apiKey ?? [])],
		logLevel: data.ERRAND_LOG_LEVEL,
		pageDir: resolve(REPOSITORY, 'apps/frontends/dist/web'),
	});
}

function isPublicUrl(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const url = new URL(text);
	return /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username;
}

function isIdentity(entry: string): boolean {
	return /^(?:discord:\d{5,25}|telegram:\d{1,20}|sms:\+[1-9]\d{6,14})$/.test(entry);
}
