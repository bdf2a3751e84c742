import { enableCompileCache } from 'node:module';

// Compiled code is kept between starts; what is imported after this line profits from it.
enableCompileCache();
const [{ runWorker }, { catalogue }] = await Promise.all([import('./run-worker.ts'), import('./catalogue.ts')]);
await runWorker({ catalogue, catalogueUrl: import.meta.resolve('./catalogue.ts') });
