import { CoreError } from '../../../domain/errors.ts';
import { type ExportedFact, exportLine, headLineText } from '../../../domain/history/export-chain.ts';
import { firstHash } from '../../../domain/history/seal.ts';
import type { StreamId } from '../../../domain/ids.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { IHistorySigner } from '../../../ports/history-signer.ts';
import { decodeTypes } from '../../history/encode-append.ts';
import { withoutSalt } from '../../history/payload-salt.ts';
import { sha256 } from '../../history/sha256.ts';
import type { AuditRows } from './audit-rows.ts';
import { type ChainedAppend, StreamChain } from './stream-chain.ts';
import type { StreamSeals } from './stream-seals.ts';

interface Source {
	readonly rows: AuditRows;
	readonly seals: StreamSeals;
	readonly signer: IHistorySigner;
}

const PAGE = 200;

/** exportHistory yields a stream's facts as chained lines, each checked against what was sealed, then the signed head. Facts are as written: upcasters do not touch them. */
export async function* exportHistory(stream: StreamId, { rows, seals, signer }: Source): AsyncGenerator<string> {
	const erasures = await rows.erasures();
	const audited = await rows.stream(stream);
	const chain = new StreamChain(stream);
	let sealSeen = audited === undefined || audited.sealedSeq === 0;
	let lastHash = firstHash;
	let facts = 0;
	for (let after = 0; audited !== undefined; ) {
		const page = await rows.appends([audited.id], { stream: audited.id, seq: after }, PAGE);
		for (const append of page) {
			const { firstSeq, lastSeq } = append;
			const found = chain.follow(append, erasures.cover({ stream, firstSeq, lastSeq }));
			if (found !== undefined) throw changed(stream, found);
			if (lastSeq === audited.sealedSeq) sealSeen = chain.hash === audited.sealedChain;
			for (const fact of exportedFacts(append)) {
				const next = exportLine(lastHash, fact, sha256);
				lastHash = next.hash;
				facts = fact.seq;
				yield next.line;
			}
			after = firstSeq;
		}
		if (page.length < PAGE) break;
	}
	if (!sealSeen || chain.seq < (audited?.lastSeq ?? 0)) throw changed(stream, 'It is not what was sealed.');
	const { position, hash } = await seals.head();
	const head = { head: { position, hash }, stream, facts, lastHash };
	yield JSON.stringify({ ...head, signature: signer.sign(headLineText(head)), publicKey: signer.publicKey });
}

function exportedFacts(append: ChainedAppend): ExportedFact[] {
	// Checked against its hash just before.
	const payload =
		append.payload === undefined ? undefined : (JSON.parse(withoutSalt(append.payload)) as readonly JsonObject[]);
	return decodeTypes(append.types).map(({ type, v }, index): ExportedFact => {
		const place = { seq: append.firstSeq + index, at: append.at, v, type };
		const data = payload?.[index];
		return data === undefined ? { ...place, data: null, erased: true } : { ...place, data };
	});
}

function changed(stream: StreamId, seen: string): CoreError {
	return new CoreError('store-corrupt', `Cannot export ${stream}: ${seen}`, {
		hint: 'The database was changed by something other than Errand. Compare it with a backup.',
	});
}
