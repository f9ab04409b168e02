/**
 * Lists refs of an HTTP remote in this process: protocol v2 lets the server send those with a prefix alone, which `git
 * ls-remote` does not ask for. Only where git's configuration and environment have nothing to say of the line.
 */
import { RegistryError } from '../../domain/errors.ts';
import type { RefWish, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { GitConfig } from '../git-config.ts';
import type { Environment } from '../git-environment.ts';
import { type HttpAnswer, type HttpCall, HttpClient } from './http-client.ts';
import { BYTES_A_REF } from './list-remote.ts';
import { answersTo, prefixOfWish, tooManyRefs } from './ref-wishes.ts';

/** What the user says to git, or to everything, of the line: proxies, protocols; of HTTPS certificates too. */
const TOLD = /^(?:GIT_(?:PROXY_|HTTP_|ALLOW_PROTOCOL|PROTOCOL_FROM_USER)|(?:https?|all)_proxy$)/i;
const CERTIFICATES = /^(?:GIT_SSL_|SSL_CERT_|NODE_TLS_)/;

/** Returns the URL of a remote that can be listed here, or undefined where it takes git. */
export async function findPlainUrl(
  config: GitConfig,
  environment: Environment,
  target: RemoteTarget,
): Promise<string | undefined> {
  const url = (await config.find(`remote.${target.address}.url`)) ?? target.address;
  const isTold = (name: string): boolean => TOLD.test(name) || (/^https:/i.test(url) && CERTIFICATES.test(name));
  if (!/^https?:\/\/[^@]*$/i.test(url) || Object.keys(environment).some(isTold)) return undefined;
  for (const section of ['http', 'url', 'protocol']) if (await config.hasSection(section)) return undefined;
  for (const variable of ['proxy', 'uploadpack', 'vcs'])
    if ((await config.find(`remote.${target.address}.${variable}`)) !== undefined) return undefined;
  return url.replace(/\/+$/, '');
}

/** Lists: one discovery, one listing a prefix. Undefined where git must find out what the server means. Throws `remote-too-large`. */
export async function listOverHttp(
  url: string,
  target: RemoteTarget,
  wishes: readonly RefWish[],
  caps: RemoteCaps,
): Promise<RefListing | undefined> {
  const client = new HttpClient(caps.refs * BYTES_A_REF);
  const http = { request: async (call: HttpCall) => refuseStrange(await client.request(call)) };
  try {
    const { listServerRefs } = await import('./server-refs.ts');
    const list = (prefix: string) => listServerRefs({ http, url, prefix, protocolVersion: 2 });
    const answers = await Promise.all([...new Set(wishes.map(prefixOfWish))].map(list));
    const raw = answers.flat().map(({ ref, oid }) => ({ name: Buffer.from(ref).toString('latin1'), id: oid }));
    return answersTo(wishes, raw, target, caps);
  } catch (error) {
    if (error instanceof RegistryError) throw tooManyRefs(target, caps);
    return undefined;
  } finally {
    client.close();
  }
}

/** Git knows what to do with ids of SHA-256, and why a server broke off; isomorphic-git takes both for an empty listing. */
function refuseStrange(answer: HttpAnswer): HttpAnswer {
  const isWhole = answer.bytes.subarray(-4).toString('latin1') === '0000';
  if (isWhole && !answer.bytes.includes('object-format=sha256')) return answer;
  throw new Error('this takes git');
}
