import { goingLoop } from '../../../domain/autopilot/decide-loop.ts';
import { loopAnswer, loopDetails, nextStep } from '../../../domain/autopilot/loop-answer.ts';
import { CoreError } from '../../../domain/errors.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { IGitWork } from '../../../ports/git-work.ts';
import type { DeskCall, DeskParts, DeskTool } from '../desk-tools.ts';
import { backlogOf, LoopDesk, type LoopPlace } from './loop-desk.ts';

/** autopilotTools are the tools of test-driven work with git, for the server's owner. */
export function autopilotTools(git: IGitWork): Readonly<Record<string, DeskTool>> {
	const desk = new LoopDesk(git);
	/** In one folder one thing is done at a time; between processes git's own locks see to that. */
	const busy = new Map<string, Promise<unknown>>();

	const changing = (work: (place: LoopPlace, args: JsonObject) => Promise<JsonObject>): DeskTool => {
		return async (parts, call) => {
			const place = await placeOf(parts, call);
			const before = busy.get(place.root);
			const turn = (before ?? Promise.resolve()).catch(() => undefined).then(() => work(place, call.args));
			busy.set(place.root, turn);
			try {
				return await turn;
			} finally {
				if (busy.get(place.root) === turn) busy.delete(place.root);
			}
		};
	};

	const looking = (look: (backlog: Awaited<ReturnType<typeof backlogOf>>) => JsonObject): DeskTool => {
		return async (parts, call) => {
			const place = await placeOf(parts, call);
			const backlog = await backlogOf(place);
			const loop = backlog.loop ?? goingLoop(backlog);
			const errors = await desk.troubles(place.root, loop);
			const canProceed = errors.length === 0 && loop.status === 'going';
			return { ...loopAnswer(backlog, loop), ...look(backlog), errors, canProceed, context: { canProceed, errors } };
		};
	};

	return {
		autopilot_start: changing((place, args) => desk.start(place, args)),
		autopilot_resume: changing((place) => desk.resume(place)),
		autopilot_next: looking((backlog) => nextStep(backlog, goingLoop(backlog))),
		autopilot_status: looking((backlog) => loopDetails(backlog, backlog.loop ?? goingLoop(backlog))),
		autopilot_complete_phase: changing((place, args) => desk.completePhase(place, args)),
		autopilot_commit: changing((place, args) => desk.commit(place, args)),
		autopilot_finalize: changing((place) => desk.finalize(place)),
		autopilot_abort: changing((place) => desk.abort(place)),
	};
}

async function placeOf(parts: DeskParts, { principal, project }: DeskCall): Promise<LoopPlace> {
	if (principal.role !== 'owner') {
		throw new CoreError('forbidden', 'Only the owner may have git work in a folder of the server’s machine.', {
			hint: 'Ask the owner to do it.',
		});
	}
	const open = await project();
	if (open.root !== undefined) return { parts, project: open, root: open.root, person: principal.person };
	throw new CoreError('not-possible', 'This backlog has no folder.', { hint: 'Name a project by its folder.' });
}
