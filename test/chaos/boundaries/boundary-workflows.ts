/** Act is a step that acts at the door under a name, and gives what it says. */
const act = (id: string, more: { use?: string; step?: string; say?: string; with?: string } = {}) =>
	`id: ${id}, use: ${more.use ?? 'test.act'}, with: { door: "\${input.door}", run: "\${input.run}", step: "${more.step ?? id}", say: ${more.say ?? 'true'}${more.with ?? ''} }`;

/** What takes such a step back. */
const undo = (step: string) => `use: test.act, with: { door: "\${input.door}", run: "\${input.run}", step: "${step}" }`;

/** EVERYTHING is a workflow that has each construct of the language: whatever happens to its processes, it gives the same. */
export const EVERYTHING = `
name: everything
input:
  type: object
  properties: { run: { type: string }, door: { type: string } }
  required: [run, door]
steps:
  - { ${act('begin', { say: '{ items: [a, b, c], size: 3 }' })} }
  - { ${act('told', { use: 'test.act-in-child' })}, effects: external }
  - { ${act('told_inline', { with: ', ms: 5' })}, effects: external }
  - { ${act('calls', { step: 'call-${letter}', say: '"${letter}"' })}, each: begin.said.items, as: letter }
  - id: groups
    each: begin.said.items
    as: letter
    steps:
      - { ${act('one', { step: 'one-${letter}', say: '"${letter}1"' })} }
      - { ${act('two', { use: 'test.act-in-child', step: 'two-${letter}', say: '"${one.said}2"' })} }
    gives: \${two.said}
  - id: sides
    parallel:
      - { ${act('left', { say: '"left"' })} }
      - { ${act('right', { say: '"right"' })} }
  - id: rounds
    loop: { until: count.said >= 3, max: 5, first: 0, wait: 20 }
    steps:
      - { ${act('count', { step: 'count-${previous}', say: '"${previous + 1}"' })} }
    gives: \${count.said}
  - id: chosen
    choose:
      - when: begin.said.size > 5
        steps: [{ ${act('too_big')} }]
      - when: begin.said.size > 2
        steps: [{ ${act('right_size', { say: '"the second"' })} }]
      - steps: [{ ${act('otherwise')} }]
  - { id: never, when: begin.said.size > 5, let: nothing }
  - { ${act('flaky')}, retry: { attempts: 10, waits: [20] } }
  - { ${act('hangs')}, after: [begin], timeout: 400, retry: { attempts: 10, waits: [20] } }
  - { wait: 30, after: [flaky] }
  - { id: heard, wait: { event: go } }
  - { id: colour, ask: Which colour? }
  - { id: big, use: test.big, with: { bytes: 100000 } }
  - { id: copy, let: { text: "\${big.text}" } }
  - id: message
    workflow: agent-coordination
    with: { message_id: "\${input.run}", source_agent: alpha, target_agent: beta, message_type: told, payload: { run: "\${input.run}" } }
  - { id: asked, use: agent.request, with: { source: alpha, target: gamma, type: question, payload: "\${input.run}" } }
  - { id: reminder, use: schedule.create, with: { when: every day at 7, do: { kind: remind, text: "\${input.run}" } } }
result:
  calls: \${calls.map(c, c.said)}
  groups: \${groups}
  sides: \${sides.map(s, s.said)}
  rounds: \${rounds}
  chosen: \${chosen.said}
  heard: \${heard.number}
  colour: \${colour}
  copied: \${size(copy.text)}
  routed: \${message.routed}
  answered: \${asked.payload.output == input.run}
`;

/** What EVERYTHING gives. */
export const EVERYTHING_GIVES = {
	calls: ['a', 'b', 'c'],
	groups: ['a12', 'b12', 'c12'],
	sides: ['left', 'right'],
	rounds: 3,
	chosen: 'the second',
	heard: 7,
	colour: 'green',
	copied: 100_000,
	routed: true,
	answered: true,
};

/** What EVERYTHING does at the door, each at least once; those of EXTERNAL never twice. */
export const EVERYTHING_DOES = [
	...[
		'begin',
		'told',
		'told_inline',
		'call-a',
		'call-b',
		'call-c',
		'one-a',
		'one-b',
		'one-c',
		'two-a',
		'two-b',
		'two-c',
	],
	...['left', 'right', 'count-0', 'count-1', 'count-2', 'right_size', 'flaky', 'hangs'],
];
export const EXTERNAL = ['told', 'told_inline'];

/** ECHO is what the agent that is asked runs: it says what it was told. */
export const ECHO = `
name: echo
input:
  type: object
  properties: { payload: { type: string } }
  additionalProperties: true
steps:
  - { id: said, let: "\${input.payload}" }
`;

/** UNDONE is a workflow that fails after much was done, and takes it back. */
export const UNDONE = `
name: undone
input:
  type: object
  properties: { run: { type: string }, door: { type: string } }
  required: [run, door]
steps:
  - { ${act('book', { say: '[x, y]' })}, undo: { ${undo('unbook')} } }
  - { ${act('pay', { use: 'test.act-in-child', step: 'pay-${what}' })}, each: book.said, as: what, undo: { ${undo('unpay-${what}')} } }
  - steps:
      - { ${act('pack')}, undo: { ${undo('unpack')} } }
      - { ${act('label')} }
  - { ${act('shut')}, retry: { attempts: 2, waits: [20] } }
`;

/** What UNDONE does at the door. */
export const UNDONE_DOES = [
	'book',
	'pay-x',
	'pay-y',
	'pack',
	'label',
	'shut',
	'unpack',
	'unpay-x',
	'unpay-y',
	'unbook',
];

/** RULES are those of the door that both need. */
export const RULES = { refused: { flaky: 2 }, unanswered: { hangs: 1 }, shut: ['shut'] };
