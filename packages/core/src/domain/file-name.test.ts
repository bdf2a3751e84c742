import { expect, it } from 'vitest';
import { safeFileName } from './file-name.ts';

it.each([
	['report.pdf', 'report.pdf'],
	['Überblick 漢字 🧭.md', 'Überblick 漢字 🧭.md'],
	['../../etc/passwd', 'passwd'],
	['C:\\Users\\ann\\tea.txt', 'tea.txt'],
	['folder/', 'folder'],
	['..', 'file'],
	['', 'file'],
	['.bashrc', 'bashrc'],
	['a\u0000b\r\nc.txt', 'abc.txt'],
	['invoice\u202efdp.exe', 'invoicefdp.exe'],
	['a<b>:"|?*.txt', 'a_b______.txt'],
	['trailing. ', 'trailing'],
])('makes of "%s" the name "%s"', (name, safe) => {
	expect(safeFileName(name)).toBe(safe);
});

it('bounds the length and keeps the extension', () => {
	const safe = safeFileName(`${'🧭'.repeat(300)}.markdown`);
	expect([...safe]).toHaveLength(120);
	expect(safe.endsWith('🧭.markdown')).toBe(true);
});
