import { expect, it } from 'vitest';
import { modelNotice } from './model-notice.ts';

it('tells of a model that fails and of one that is back, and of nothing else', () => {
	expect(modelNotice(undefined, 'down', 'a/b')).toContain('a/b does not answer');
	expect(modelNotice('down', 'up', 'a/b')).toContain('a/b answers again');
	expect(modelNotice('down', 'down', 'a/b')).toBeUndefined();
	expect(modelNotice('unknown', 'up', 'a/b')).toBeUndefined();
	expect(modelNotice('up', 'slow', 'a/b')).toBeUndefined();
});
