import { declarationProblem } from '@errand/core/planning/declaration-problem.ts';
import { writeDeclaration } from '@errand/core/planning/declared-capability.ts';
import { newestOf, workflowsOf } from '@errand/core/workflows/code-workflow.ts';
import { capabilitiesIn } from './module-exports.ts';
import { useModuleCode } from './module-loader.ts';
import { placeOf } from './module-problem.ts';
import type { ProbeReport } from './probe-module.ts';

// A child that loads one module of the operator and tells what it brings, so that nothing in it can hurt the host.
const code = useModuleCode();
const url = process.argv[2] ?? '';
process.on('disconnect', () => process.exit(0));
say(await read());

async function read(): Promise<ProbeReport> {
	try {
		const module: unknown = await import(url);
		const found = capabilitiesIn(module);
		const problem = found.map((one) => declarationProblem(one)).find((one) => one !== undefined);
		if (problem !== undefined) return { kind: 'failed', problem, code: code.loaded() };
		const workflows = newestOf(workflowsOf(module)).map(({ definition }) => definition);
		if (found.length === 0 && workflows.length === 0) {
			return { kind: 'failed', problem: 'It exports no capability and no workflow.', code: code.loaded() };
		}
		return { kind: 'read', declarations: found.map(writeDeclaration), workflows, code: code.loaded() };
	} catch (error) {
		return { kind: 'failed', ...placeOf(error), code: code.loaded() };
	}
}

function say(report: ProbeReport): void {
	process.send?.(JSON.stringify(report), () => process.exit(0));
}
