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
		goal: 'Summarise the attached file: issue {{issue.number}} was opened in {{repository.full_name}} by {{issue.user.login}}, titled {{issue.title}}.',
	},
	'github.pull_request.opened': {
		event: 'pull_request.opened',
		goal: 'Summarise the attached file: pull request {{pull_request.number}} was opened in {{repository.full_name}} by {{pull_request.user.login}}, titled {{pull_request.title}}.',
	},
	'github.push': {
		event: 'push',
		goal: 'Summarise the attached file: {{pusher.name}} pushed to {{ref}} of {{repository.full_name}}, with the commits {{commits.message}}.',
	},
	'github.issue_comment': {
		event: 'issue_comment.created',
		goal: 'Summarise the attached file: {{comment.user.login}} wrote under issue {{issue.number}} of {{repository.full_name}}, titled {{issue.title}}.',
	},
	'github.workflow_run.failed': {
		event: 'workflow_run.completed',
		when: { path: 'workflow_run.conclusion', op: 'equals', value: 'failure' },
		goal: 'Summarise the attached file: the workflow {{workflow_run.name}} failed on {{workflow_run.head_branch}} of {{repository.full_name}}.',
	},
	'github.release.published': {
		event: 'release.published',
		goal: 'Summarise the attached file: {{repository.full_name}} published the release {{release.tag_name}}, titled {{release.name}}.',
	},
	generic: { goal: 'Summarise the attached file, which the hook {{$hook}} received.' },
};

/** ALL_OF_GITHUB is the template that stands for every one of GitHub's: the one whose event came is taken. */
export const ALL_OF_GITHUB = 'github';
