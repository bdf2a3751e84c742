import { parseEnv } from 'node:util';
import { CoreError } from '@errand/core/domain/errors.ts';

/** EnvChanges are variables to set, or, where undefined, to take out. */
export type EnvChanges = Readonly<Record<string, string | undefined>>;

/** changeEnvText sets variables in the text of a .env file where they stand, else at its end; every other line stays as it is. */
export function changeEnvText(text: string, changes: EnvChanges): string {
	const left = new Map(Object.entries(changes));
	const lines = text.split('\n').flatMap((line) => {
		const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
		if (name === undefined || !(name in changes)) return [line];
		const value = left.get(name);
		left.delete(name);
		return value === undefined ? [] : [`${name}=${quoted(name, value)}`];
	});
	while (lines.at(-1) === '') lines.pop();
	for (const [name, value] of left) if (value !== undefined) lines.push(`${name}=${quoted(name, value)}`);
	const changed = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
	assertReadsBack(changed, changes);
	return changed;
}

function quoted(name: string, value: string): string {
	if (/^[\w.:/@+,=-]+$/.test(value)) return value;
	const quote = ["'", '"', '`'].find((each) => !value.includes(each));
	if (quote === undefined || /[\r\n]/.test(value)) throw unusable(name);
	return `${quote}${value}${quote}`;
}

/** What is written must be what Node reads at the next start. */
function assertReadsBack(text: string, changes: EnvChanges): void {
	const read = parseEnv(text);
	for (const [name, value] of Object.entries(changes)) if (read[name] !== value) throw unusable(name);
}

function unusable(name: string): CoreError {
	return new CoreError('invalid-config', `${name} cannot be written into .env so that it is read back the same.`, {
		hint: `Set ${name} in the environment instead, and look at the lines about it in .env.`,
	});
}
