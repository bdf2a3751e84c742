import type { PersonId } from '../ids.ts';
import type { TestCounts } from './loop.ts';

/** LoopCommandData is what can be asked of a loop. `sub` and `phase` are those that whoever asks has seen: if it went on since, nothing happens. */
export interface LoopCommandData {
	/** Refused while there is another one, unless it is forced: then that one ends. The same id twice changes nothing. */
	BeginLoop: {
		readonly loopId: string;
		readonly tag?: string | undefined;
		readonly item: string;
		readonly branch: string;
		readonly from: string;
		readonly base: string;
		readonly maxAttempts?: number | undefined;
		readonly force: boolean;
		readonly by: PersonId;
	};
	/** `unsaved`: there is something that a commit would take. */
	CompletePhase: {
		readonly loopId: string;
		readonly sub: number;
		readonly phase: 'red' | 'green';
		readonly tests: TestCounts;
		readonly unsaved: boolean;
	};
	/** The subitem was committed, so it is done. */
	NoteCommit: { readonly loopId: string; readonly sub: number; readonly commit: string };
	UnblockLoop: { readonly loopId: string };
	EndLoop: { readonly loopId: string; readonly outcome: 'finished' | 'aborted' };
}
