declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

export type PersonId = Brand<'PersonId'>;
export type TaskId = Brand<'TaskId'>;
export type StepId = Brand<'StepId'>;
export type QuestionId = Brand<'QuestionId'>;
export type ConversationId = Brand<'ConversationId'>;
export type MessageId = Brand<'MessageId'>;
export type ReplyId = Brand<'ReplyId'>;
export type ArtifactId = Brand<'ArtifactId'>;
/** WebhookId names a subscription: where a person wants events of their tasks posted. */
export type WebhookId = Brand<'WebhookId'>;
export type ScheduleId = Brand<'ScheduleId'>;
/** WorkflowId names a workflow that was saved: `<person>.<name>`. */
export type WorkflowId = Brand<'WorkflowId'>;
/** StreamId names one list of facts: `task-<id>`, `conversation-<id>`, `person-<id>`. */
export type StreamId = Brand<'StreamId'>;

// The one place where a string becomes an id: after it was parsed at an edge, or made from another id.
export const asPersonId = (text: string) => text as PersonId;
export const asTaskId = (text: string) => text as TaskId;
export const asStepId = (text: string) => text as StepId;
export const asQuestionId = (text: string) => text as QuestionId;
export const asConversationId = (text: string) => text as ConversationId;
export const asMessageId = (text: string) => text as MessageId;
export const asReplyId = (text: string) => text as ReplyId;
export const asArtifactId = (text: string) => text as ArtifactId;
export const asWebhookId = (text: string) => text as WebhookId;
export const asScheduleId = (text: string) => text as ScheduleId;
export const asWorkflowId = (text: string) => text as WorkflowId;
export const asStreamId = (text: string) => text as StreamId;

export const taskStream = (task: TaskId): StreamId => asStreamId(`task-${task}`);
export const conversationStream = (conversation: ConversationId): StreamId =>
	asStreamId(`conversation-${conversation}`);
/** PEOPLE_STREAM is the one stream of who is who. */
export const PEOPLE_STREAM: StreamId = asStreamId('people');
export const webhookStream = (webhook: WebhookId): StreamId => asStreamId(`webhook-${webhook}`);
/** The stream of what is remembered of a person. */
export const memoryStream = (person: PersonId): StreamId => asStreamId(`memory-${person}`);
/** The stream of a webhook that others call: `/hooks/<name>`. */
export const hookStream = (name: string): StreamId => asStreamId(`hook-${name}`);
export const scheduleStream = (schedule: ScheduleId): StreamId => asStreamId(`schedule-${schedule}`);
export const workflowStream = (workflow: WorkflowId): StreamId => asStreamId(`workflow-${workflow}`);
/** The stream of what a task has with an agent elsewhere. */
export const exchangeStream = (task: TaskId): StreamId => asStreamId(`exchange-${task}`);
/** The stream of an agent's messages, by its name. */
export const agentStream = (name: string): StreamId => asStreamId(`agent-${name}`);

/** ANSWER_STEP stands in place of a step in the progress of an answer that is given without steps. */
export const ANSWER_STEP: StepId = asStepId('answer');

/** childStepId names the n-th child of a `forEach` step; `:` cannot occur in a planned step's id. */
export const childStepId = (parent: StepId, index: number): StepId => asStepId(`${parent}:${index}`);
