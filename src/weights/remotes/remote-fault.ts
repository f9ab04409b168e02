/** Faults of remotes: what may pass, what somebody has to put right, and a configuration that cannot be served. */
import { RegistryError } from '../../domain/errors.ts';
import { errnoOf } from '../file-fault.ts';

/** Network errors that name a wrong address rather than a bad moment. */
const WRONG_ADDRESS: ReadonlySet<string | undefined> = new Set(['ENOTFOUND', 'ERR_INVALID_URL']);

/** Returns the fault of a remote that did not answer, or broke off: worth another try. */
export function unreachable(location: string, problem: string, cause?: unknown): RegistryError {
  return new RegistryError('weights-remote-unreachable', `${location}: ${problem}`, {
    data: { remote: location },
    cause,
  });
}

/** Returns the fault of a remote that answered no: trying again is of no use. */
export function refused(location: string, problem: string, cause?: unknown, hint?: string): RegistryError {
  return new RegistryError('weights-remote-refused', `${location}: ${problem}`, {
    data: { remote: location },
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Returns the fault of a remote whose configuration cannot be served. */
export function badRemote(name: string, problem: string, hint?: string): RegistryError {
  return new RegistryError('bad-weights-remote', `weights remote ${JSON.stringify(name)}: ${problem}`, {
    data: { remote: name },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Returns the fault for an error of the network, told by its code. `place`: who it happened with, if not the remote. */
export function networkFault(location: string, error: unknown, place?: string): RegistryError {
  if (error instanceof RegistryError) return error;
  const code = errnoOf(error) ?? (error as { readonly code?: unknown } | undefined)?.code;
  const what = typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
  const problem = place === undefined ? what : `${place}: ${what}`;
  const isWrong =
    typeof code === 'string' && (WRONG_ADDRESS.has(code) || /^(?:CERT_|ERR_TLS|UNABLE_TO_|DEPTH_ZERO)/.test(code));
  return isWrong ? refused(location, problem, error) : unreachable(location, problem, error);
}
