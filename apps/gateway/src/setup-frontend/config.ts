import { type Environment, parseEnvironment } from '@errand/core/infrastructure/environment.ts';
import { DISCORD_VARIABLES } from '@errand/frontends/discord/variables.ts';
import { TWILIO_VARIABLES } from '@errand/frontends/sms/variables.ts';
import { TELEGRAM_VARIABLES } from '@errand/frontends/telegram/variables.ts';

const VARIABLES = { ...DISCORD_VARIABLES, ...TELEGRAM_VARIABLES, ...TWILIO_VARIABLES };
const OTHERS = ['PORT', 'HOST', 'ERRAND_PUBLIC_URL', 'ERRAND_OWNERS'];

/** FrontendVariable is a variable that connects a frontend. */
export type FrontendVariable = keyof typeof VARIABLES;

/** readVariable reads a value as the server will at its next start; `invalid-config` for one that it would refuse. */
export function readVariable(name: FrontendVariable, text: string): string | undefined {
	return parseEnvironment({ [name]: VARIABLES[name] }, { [name]: text })[name];
}

/** readKnown picks what is set of them, in the environment or else in the file; an empty one is one that is left open. */
export function readKnown(file: Environment, env: Environment = process.env): Environment {
	return Object.fromEntries(
		[...Object.keys(VARIABLES), ...OTHERS].flatMap((name) => {
			const value = [env[name], file[name]].find((each) => each !== undefined && each.trim() !== '');
			return value === undefined ? [] : [[name, value.trim()]];
		}),
	);
}
