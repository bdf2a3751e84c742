import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { ErrandError } from '@errand/client/errand-client.ts';
import { CoreError, describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { WorkflowProblem } from '@errand/core/domain/workflow/problem.ts';
import { checkWorkflowText } from '@errand/core/planning/workflow/check-workflow-text.ts';
import { editWorkflow } from '@errand/core/planning/workflow/edit-workflow.ts';
import { readWorkflow } from '@errand/core/planning/workflow/read-workflow.ts';
import { workflowGraph } from '@errand/core/planning/workflow/workflow-graph.ts';
import { workflowJsonSchema } from '@errand/core/planning/workflow/workflow-json-schema.ts';
import { cleanText } from '@errand/frontends/terminal/clean-text.ts';
import { readConfig } from '@errand/frontends/terminal/config.ts';
import { runningServer } from '@errand/frontends/terminal/find-server.ts';
import { parseOrder, USAGE } from './arguments.ts';
import { knownHere } from './known-here.ts';
import { mermaidOf } from './mermaid.ts';
import { runOnServer } from './run-on-server.ts';

const FAILED = 1;
const NO_USE = 2;

const say = (line: string) => void process.stdout.write(`${cleanText(line)}\n`);
try {
	await main(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`${cleanText(describeError(error))}\n`);
	if (isCoreError(error)) process.stderr.write(`${cleanText(error.hint)}\n`);
	process.exitCode = error instanceof ErrandError && error.status !== 0 ? FAILED : NO_USE;
}

async function main(argv: readonly string[]): Promise<void> {
	const order = parseOrder(argv);
	switch (order.command) {
		case 'help':
			return say(USAGE);
		case 'schema':
			return void process.stdout.write(`${JSON.stringify(workflowJsonSchema(), null, '\t')}\n`);
		case 'check':
			for (const file of order.files) await check(file);
			return;
		case 'graph': {
			const read = readWorkflow(await textOf(order.file));
			return read.ok ? say(mermaidOf(workflowGraph(read.definition))) : complain(order.file, read.problems);
		}
		case 'fmt':
			for (const file of order.files) await format(file);
			return;
		case 'run': {
			const controller = new AbortController();
			process.once('SIGINT', () => controller.abort());
			const server = await runningServer(readConfig());
			if (server === undefined) throw noServer();
			const { subject, input } = order;
			const meant = existsSync(subject) ? { text: await textOf(subject) } : { name: subject };
			return await runOnServer({ server, subject: meant, input, signal: controller.signal, say });
		}
	}
}

async function check(file: string): Promise<void> {
	const { definition, problems } = checkWorkflowText(await textOf(file), await knownHere(file));
	if (problems.length > 0 || definition === undefined) return complain(file, problems);
	const { length } = workflowGraph(definition);
	say(`${file}: ${definition.name} is sound, with ${length} ${length === 1 ? 'step' : 'steps'}.`);
}

async function format(file: string): Promise<void> {
	const text = await textOf(file);
	const read = readWorkflow(text);
	if (!read.ok) return complain(file, read.problems);
	const formatted = editWorkflow(text, read.definition);
	if (formatted !== text) await writeFile(file, formatted);
	say(`${file}: ${formatted === text ? 'as it was' : 'written evenly'}.`);
}

function complain(file: string, problems: readonly WorkflowProblem[]): void {
	process.exitCode = FAILED;
	for (const { line = 1, column = 1, message } of problems) say(`${file}:${line}:${column}: ${message}`);
}

async function textOf(file: string): Promise<string> {
	return readFile(file, 'utf8').catch((cause: unknown) => {
		const message = `The file "${file}" cannot be read: ${describeError(cause)}.`;
		throw new CoreError('not-found', message, { hint: 'Look at its path and its rights.', cause });
	});
}

function noServer(): CoreError {
	return new CoreError('not-found', 'No server runs here that could run a workflow.', {
		hint: 'Start it with npm start, or set ERRAND_URL and ERRAND_TOKEN to a server elsewhere.',
	});
}
