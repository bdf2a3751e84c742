import { expect, it } from 'vitest';
import { functionStepName, hintForGone, isGoneFunction, readFunctionStep } from './function-steps.ts';

const first = functionStepName('report', 1, 'count');

it('names a function by its workflow, version and step, and reads that back', () => {
	expect(first).toBe('fn.report.v1.count');
	expect(readFunctionStep(first)).toEqual({ workflow: 'report', version: 1, step: 'count' });
	expect(readFunctionStep('web.read')).toBeUndefined();
});

it('takes one for gone where its workflow is here without it, and waits where its module is not', () => {
	expect(isGoneFunction(first, ['web.read', 'fn.report.v2.count'])).toBe(true);
	expect(isGoneFunction(first, ['fn.report.v2.count', first])).toBe(false);
	expect(isGoneFunction(first, ['web.read', 'fn.reports.v2.count'])).toBe(false);
	expect(isGoneFunction('web.read', ['fn.report.v2.count'])).toBe(false);
});

it('says which version to bring back', () => {
	expect(hintForGone(first)).toContain('version 1 of "report"');
	expect(hintForGone('web.read')).toContain('Skip the step');
});
