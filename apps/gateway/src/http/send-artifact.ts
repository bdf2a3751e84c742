import { hasCode } from '@errand/core/adapters/files/durable-file.ts';
import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import type { Response } from 'express';
import { contentDisposition, presentationOf } from './file-presentation.ts';

/**
 * sendArtifact answers with a stored file, or the part of it that was asked for, in a way that nothing in it can run.
 * `gone` when it is not on the disk any more; nothing is written then.
 */
export async function sendArtifact(
	response: Response,
	{ ref, path }: { readonly ref: ArtifactRef; readonly path: string },
	{ save }: { readonly save: boolean },
): Promise<'written' | 'gone' | { status: number; headers: Record<string, string> }> {
	const { type, inline, policy } = presentationOf(ref.type);
	response.setHeader('Content-Type', type);
	response.setHeader('Content-Security-Policy', policy);
	response.setHeader('Cache-Control', 'private, no-cache');
	response.setHeader('Content-Disposition', contentDisposition(inline && !save ? 'inline' : 'attachment', ref.name));
	const error = await sent(response, path);
	if (error === undefined || response.headersSent) return 'written';
	for (const name of ['Content-Type', 'Content-Security-Policy', 'Content-Disposition']) response.removeHeader(name);
	if (hasCode(error, 'ENOENT')) return 'gone';
	if ('status' in error && error.status === 416) {
		return { status: 416, headers: { 'Content-Range': `bytes */${ref.bytes}` } };
	}
	throw error;
}

// The data directory may well stand under a folder whose name begins with a dot.
function sent(response: Response, path: string): Promise<Error | undefined> {
	return new Promise((resolve) => response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, resolve));
}
