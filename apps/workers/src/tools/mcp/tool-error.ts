import { CoreError, type ErrorCode } from '@errand/core/domain/errors.ts';
import type { ToldError } from './protocol.ts';

/** ToolError is how a call of a server's tool fails; `isOpen` where the server was asked and did not say how it ended. */
export class ToolError extends CoreError {
	readonly isOpen: boolean;

	constructor(code: ErrorCode, message: string, options: { hint: string; isOpen?: boolean; cause?: unknown }) {
		super(code, message, options);
		this.isOpen = options.isOpen ?? false;
	}
}

/** toolError is one in short. */
export function toolError(told: ToldError): ToolError {
	return new ToolError(told.code, told.message, told);
}

/** serverGone says that the connection to a server ended; another attempt opens a new one. */
export function serverGone(server: string, why: string, isOpen = false): ToolError {
	return new ToolError('fetch-failed', `The MCP server "${server}" is gone: ${why.replace(/[.\s]+$/, '')}.`, {
		hint: 'Another attempt starts it anew. If this keeps happening, look at the server itself and at its entry in the file of MCP servers.',
		isOpen,
	});
}

/** stoppedCall is what a call rejects with whose run was stopped. */
export function stoppedCall(): ToolError {
	return new ToolError('cancelled', 'The tool was stopped before it was done.', {
		hint: 'Nothing to do: the run was cancelled.',
	});
}
