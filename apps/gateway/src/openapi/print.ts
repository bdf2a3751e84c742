import { ROUTES } from '../http/route-table.ts';
import { openApiDocument } from './document.ts';

process.stdout.write(`${JSON.stringify(openApiDocument(ROUTES), null, '\t')}\n`);
