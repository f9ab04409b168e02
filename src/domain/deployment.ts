/** Deployments: what somebody reported of an entry at an endpoint, apart from the stage that is wanted of it (format §6.3). */
import type { Deployment, EntryState } from './state.ts';

/** What `deployed` reports. A log may hold other words, from other programs: they say nothing of the status. */
export const DEPLOY_STATUSES = ['deploying', 'deployed', 'failed'] as const;

/** One of them. */
export type DeployStatus = (typeof DEPLOY_STATUSES)[number];

/** Returns the entry after a report; the reports of an entry are one an endpoint, the newest last. */
export function withDeployment(entry: EntryState, deployment: Deployment): EntryState {
  const others = (entry.deployments ?? []).filter(({ endpoint }) => endpoint !== deployment.endpoint);
  const { replaced: _first, status, ...deployed } = deployment;
  const last = status === 'deployed' ? { deployed } : {};
  return { ...entry, ...last, deployments: [...others, deployment] };
}

/** Returns the entry after another one was deployed at an endpoint where it was. */
export function withoutEndpoint(entry: EntryState, left: string): EntryState {
  const deployments = (entry.deployments ?? []).map((deployment) =>
    deployment.endpoint === left ? { ...deployment, replaced: true as const } : deployment,
  );
  return { ...entry, deployments };
}

/** Returns what was last reported of an entry at an endpoint, unless another one was deployed there since. */
export function findDeployment(entry: EntryState, at: string): Deployment | undefined {
  return entry.deployments?.find(({ endpoint, replaced }) => endpoint === at && replaced === undefined);
}

/** Returns the status that the reports of all endpoints give: deployed where it is so at any, else under way, else failed. */
export function deployStatusOf({ deployments = [] }: EntryState): DeployStatus | undefined {
  const present = deployments.filter(({ replaced }) => replaced === undefined).map(({ status }) => status);
  return (['deployed', 'deploying', 'failed'] as const).find((status) => present.includes(status));
}
