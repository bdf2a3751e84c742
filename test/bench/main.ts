import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { sectionText, withPart } from './report.ts';
import type { Section } from './section.ts';
import { measureAppends } from './sections/appends.ts';
import { measureBacklog } from './sections/backlog.ts';
import { measureBrowser } from './sections/browser.ts';
import { measureCancel } from './sections/cancel.ts';
import { measureChains } from './sections/chains.ts';
import { measureCluster } from './sections/cluster.ts';
import { measureClusterCurves } from './sections/cluster-curves.ts';
import { measureFailover } from './sections/failover.ts';
import { measureFootprint } from './sections/footprint.ts';
import { measureFrontends } from './sections/frontends.ts';
import { measureMemory } from './sections/memory.ts';
import { measureModelAnswers } from './sections/model-answers.ts';
import { measureModelRouter } from './sections/model-router.ts';
import { measureOpenAiApi } from './sections/openai-api.ts';
import { measureRestart } from './sections/restart.ts';
import { measureRouting } from './sections/routing.ts';
import { measureSchedules } from './sections/schedules.ts';
import { measureServices } from './sections/services.ts';
import { measureSmallTalk } from './sections/small-talk.ts';
import { measureWorkflows } from './sections/workflows.ts';

const sections: Readonly<Record<string, () => Promise<Section>>> = {
	chains: measureChains,
	workflows: measureWorkflows,
	appends: measureAppends,
	restart: measureRestart,
	'small-talk': measureSmallTalk,
	'openai-api': measureOpenAiApi,
	frontends: measureFrontends,
	'model-answers': measureModelAnswers,
	'model-router': measureModelRouter,
	services: measureServices,
	backlog: measureBacklog,
	memory: measureMemory,
	footprint: measureFootprint,
	cancel: measureCancel,
	browser: measureBrowser,
	routing: measureRouting,
	schedules: measureSchedules,
	cluster: measureCluster,
	failover: measureFailover,
	'cluster-curves': measureClusterCurves,
};
const DOCUMENT = resolve(import.meta.dirname, '../../docs/benchmarks.md');

const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean', default: false } } });
const names = values.only?.split(',') ?? Object.keys(sections);
const unknown = names.filter((name) => sections[name] === undefined);
if (unknown.length > 0) {
	process.stderr.write(`There is no section ${unknown.join(', ')}. There are: ${Object.keys(sections).join(', ')}.\n`);
	process.exit(1);
}
// Leaving by `exit` ends every process that the bench has started; each has a listener for that.
process.setMaxListeners(100);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const measuredOn = describeMachine(new Date());
const parts = new Map<string, string>();
for (const name of names) {
	process.stderr.write(`Measuring ${name} …\n`);
	const section = await sections[name]?.();
	if (section === undefined) continue;
	const text = `${sectionText(section)}\n\n${measuredOn}`;
	process.stdout.write(`\n${text}\n\n`);
	parts.set(name, text);
}
if (values.write) {
	// Read only now: measuring takes long, and what people write meanwhile stays.
	let document = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '# Benchmarks\n';
	for (const [name, text] of parts) document = withPart(document, name, text);
	writeFileSync(DOCUMENT, document);
}
