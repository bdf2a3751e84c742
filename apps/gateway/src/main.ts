import { enableCompileCache } from 'node:module';

// Compiled code is kept between starts; what is imported after this line profits from it.
enableCompileCache();
const { runServer } = await import('./run-server.ts');
await runServer();
