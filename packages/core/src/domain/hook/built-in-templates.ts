import type { When } from '../task/plan.ts';

/** BuiltInTemplate is a goal for one kind of call; `event` as GitHub names it, with its action. */
export interface BuiltInTemplate {
	readonly event?: string;
	readonly when?: When;
	readonly goal: string;
}

/** BUILT_IN_TEMPLATES are goals by name; a hook of kind `github` may take all of GitHub's at once, as `github`. */
export const BUILT_IN_TEMPLATES: Readonly<Record<string, BuiltInTemplate>> = {
	'github.issues.opened': {
		event: 'issues.opened',
		goal: 'Summarise this text: {{issue.user.login}} opened issue {{issue.number}} in {{repository.full_name}}, titled {{issue.title}}. {{issue.body}}',
	},
	'github.pull_request.opened': {
		event: 'pull_request.opened',
		goal: 'Summarise this text: {{pull_request.user.login}} opened pull request {{pull_request.number}} in {{repository.full_name}}, titled {{pull_request.title}}. {{pull_request.body}}',
	},
	'github.push': {
		event: 'push',
		goal: 'Summarise this text: {{pusher.name}} pushed to {{ref}} of {{repository.full_name}}. {{commits.message}}',
	},
	'github.issue_comment': {
		event: 'issue_comment.created',
		goal: 'Summarise this text: {{comment.user.login}} wrote under issue {{issue.number}} of {{repository.full_name}}, titled {{issue.title}}. {{comment.body}}',
	},
	'github.workflow_run.failed': {
		event: 'workflow_run.completed',
		when: { path: 'workflow_run.conclusion', op: 'equals', value: 'failure' },
		goal: 'Summarise this text: The workflow {{workflow_run.name}} failed on {{workflow_run.head_branch}} of {{repository.full_name}}. Its commit says: {{workflow_run.head_commit.message}}',
	},
	'github.release.published': {
		event: 'release.published',
		goal: 'Summarise this text: {{repository.full_name}} published the release {{release.tag_name}}, titled {{release.name}}. {{release.body}}',
	},
	generic: { goal: 'Summarise this text: The hook {{$hook}} received {{$payload}}.' },
};

/** ALL_OF_GITHUB is the template that stands for every one of GitHub's: the one whose event came is taken. */
export const ALL_OF_GITHUB = 'github';
