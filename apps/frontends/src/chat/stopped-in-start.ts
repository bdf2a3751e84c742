import { CoreError } from '@errand/core/domain/errors.ts';

/** stoppedInStart is why a start came to nothing: the frontend was stopped in the middle of it, and must not connect any more. */
export function stoppedInStart(frontend: string): CoreError {
	return new CoreError('shutting-down', `${frontend} was stopped while it started.`, {
		hint: 'Nothing needs doing: it starts again, here or in another process.',
	});
}
