import type { ArtifactRef } from '@errand/core/domain/capability.ts';

/** Preview is how a file can be looked at: drawn in the page, opened on a page of its own, or only downloaded. */
export type Preview = 'markdown' | 'text' | 'image' | 'page' | 'none';

const MAX_TEXT = 5_000_000;

/** previewOf chooses the preview by type. SVG and HTML could run code, so they are shown as their text. */
export function previewOf(artifact: Pick<ArtifactRef, 'type' | 'bytes' | 'name'>): Preview {
	const type = artifact.type.split(';')[0]?.trim().toLowerCase() ?? '';
	if (/^image\/(png|jpeg|gif|webp|avif)$/.test(type)) return 'image';
	if (type === 'application/pdf') return 'page';
	if (artifact.bytes > MAX_TEXT) return 'none';
	if (type === 'text/markdown' || (type === 'text/plain' && artifact.name.endsWith('.md'))) return 'markdown';
	if (type.startsWith('text/') || /^(application\/(json|xml|yaml)|image\/svg\+xml)$/.test(type)) return 'text';
	return 'none';
}
