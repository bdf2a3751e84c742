/** ServerSettings is where what concerns one server is written down, for hints that say what to look at. */
export interface ServerSettings {
	readonly key: string;
	readonly address: string;
	readonly model: string;
	readonly silence: string;
	/** The command that sets them up. */
	readonly command?: string | undefined;
}

/** OPENAI_SETTINGS is for the one server that the variables name. */
export const OPENAI_SETTINGS: ServerSettings = {
	key: 'OPENAI_API_KEY',
	address: 'OPENAI_BASE_URL',
	model: 'OPENAI_MODEL',
	silence: 'OPENAI_SILENCE_MS',
	command: 'npm run setup-model',
};

/** fileSettings is for a provider of the models file, whose key is in a variable. */
export function fileSettings(provider: string, key: string | undefined): ServerSettings {
	const place = (field: string) => `${field} of the provider “${provider}” in the file of ERRAND_MODELS`;
	return {
		key: key ?? place('apiKeyEnv'),
		address: place('baseUrl'),
		model: place('the models'),
		silence: place('silenceMs'),
	};
}
