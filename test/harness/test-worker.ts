import { runWorker } from '@errand/workers/run-worker.ts';
import { catalogue } from './test-catalogue.ts';

// A worker as it ships, with the capabilities of the tests besides its own.
await runWorker({ catalogue, catalogueUrl: import.meta.resolve('./test-catalogue.ts') });
