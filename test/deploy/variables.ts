import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEARCH_VARIABLES } from '@errand/core/adapters/search/search-variables.ts';
import { CLUSTER_VARIABLES, REPOSITORY, SHARED_VARIABLES } from '@errand/core/infrastructure/environment.ts';
import { PROCESS_VARIABLES } from '@errand/core/infrastructure/process-variables.ts';
import { MODEL_VARIABLES } from '@errand/core/models/model-variables.ts';
import { DISCORD_VARIABLES } from '@errand/frontends/discord/variables.ts';
import { TWILIO_VARIABLES } from '@errand/frontends/sms/variables.ts';
import { TELEGRAM_VARIABLES } from '@errand/frontends/telegram/variables.ts';
import { SCALING_VARIABLES } from '@errand/workers/scaling/scaling-config.ts';
import { BROWSER_VARIABLES } from '@errand/workers/sessions/browser-variables.ts';
import { TOOL_VARIABLES } from '@errand/workers/tools/tool-variables.ts';

const SETS: Readonly<Record<string, object>> = {
	...{ SHARED_VARIABLES, CLUSTER_VARIABLES, PROCESS_VARIABLES, MODEL_VARIABLES, SEARCH_VARIABLES, BROWSER_VARIABLES },
	...{ DISCORD_VARIABLES, TELEGRAM_VARIABLES, TWILIO_VARIABLES, SCALING_VARIABLES, TOOL_VARIABLES },
};

/** variablesOf lists the variables that an app reads, as its config.ts puts their schema together. */
export function variablesOf(app: 'gateway' | 'workers'): ReadonlySet<string> {
	const source = readFileSync(join(REPOSITORY, 'apps', app, 'src/config.ts'), 'utf8');
	const block = /^const VARIABLES = \{\n(.*?)^\}/ms.exec(source)?.[1] ?? '';
	const own = [...block.matchAll(/^\t([A-Z][A-Z0-9_]+):/gm)].map(([, name = '']) => name);
	const spread = [...block.matchAll(/^\t\.\.\.([A-Z_]+),$/gm)].flatMap(([, set = '']) => {
		const variables = SETS[set];
		if (variables === undefined) throw new Error(`${app} spreads ${set}, which this test does not know`);
		return Object.keys(variables);
	});
	return new Set([...own, ...spread]);
}
