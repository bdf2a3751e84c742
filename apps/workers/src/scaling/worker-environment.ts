type Environment = Readonly<Record<string, string | undefined>>;

/** localEnvironment is a gateway's own environment without what only gateways may know, or what two processes cannot share. */
export function localEnvironment(env: Environment): Environment {
	return Object.fromEntries(
		Object.entries(env).filter(([name]) => !GATEWAYS_ONLY.test(name) && (!KEY.test(name) || WORKERS_KEYS.test(name))),
	);
}

/** remoteEnvironment is what a worker elsewhere needs of a gateway's environment; paths differ there and are left out. */
export function remoteEnvironment(env: Environment): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(env).flatMap(([name, value]) => (value !== undefined && WORKERS.test(name) ? [[name, value]] : [])),
	);
}

const GATEWAYS_ONLY =
	/^(?:DATABASE_|DISCORD_|TELEGRAM_|TWILIO_|FLY_|OPENAI_|OLLAMA_|PORT$|ERRAND_(?:TOKEN|OWNERS|SCALING|PUBLIC_URL|WORKER_PORT|MODELS|PROJECTS)$|NODE_CHANNEL_)/;
/** Keys of model providers, whatever a file of models calls them: workers ask gateways for models. */
const KEY = /_KEY$/;
const WORKERS_KEYS = /^(?:ERRAND_SECRET_KEY|BRAVE_API_KEY)$/;
const WORKERS =
	/^(?:REDIS_URL|BRAVE_API_KEY|SEARXNG_URL|ERRAND_(?:CLUSTER|SECRET_KEY|ALLOW_PRIVATE_HOSTS|LOG_LEVEL|DRAIN_MS))$/;
