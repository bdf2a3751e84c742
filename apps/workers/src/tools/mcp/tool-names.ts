/** capabilityNames gives each tool of a server its capability's name, the same on every worker; those that come out alike are numbered. */
export function capabilityNames(server: string, tools: readonly string[]): ReadonlyMap<string, string> {
	const taken = new Set<string>();
	const names = new Map<string, string>();
	for (const tool of new Set(tools.toSorted())) {
		const plain = `mcp.${cleanName(server, MAX_SERVER)}.${cleanName(tool, MAX_TOOL)}`;
		let name = plain;
		for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`;
		taken.add(name);
		names.set(tool, name);
	}
	return names;
}

const MAX_SERVER = 30;
const MAX_TOOL = 50;

function cleanName(name: string, maxLength: number): string {
	const clean = name
		.slice(0, 1_000)
		.replace(/([a-z0-9])([A-Z])/g, '$1-$2')
		.toLowerCase()
		.replace(/[^a-z0-9_]+/g, '-')
		.slice(0, maxLength)
		.replace(/^[-_]+|[-_]+$/g, '');
	return clean === '' ? 'tool' : clean;
}
