import { hash } from 'node:crypto';

/** sha256 is the hash of chains, seals and exports. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex');
