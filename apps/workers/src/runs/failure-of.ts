export { failureOf } from '@errand/core/domain/failure-of.ts';
