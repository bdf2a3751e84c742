import { readFileSync } from 'node:fs';
import { cpus, platform, totalmem } from 'node:os';

/** describeMachine says what the figures were measured on, without naming it. */
export function describeMachine(now: Date): string {
	const cores = cpus();
	const memory = Math.round(totalmem() / 2 ** 30);
	const runtime = `Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? 'of Node'}`;
	return `Measured on ${now.toISOString().slice(0, 10)}: ${cores.length} cores (${cores[0]?.model ?? 'unknown'}), ${memory} GiB of memory, ${systemName()}, ${runtime}.`;
}

function systemName(): string {
	if (platform() !== 'linux') return platform();
	return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
}
