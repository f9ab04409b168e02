/** Certificates that sign themselves. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-repository.ts';

/** Files in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a key and a certificate for a name, `IP:127.0.0.1` or `DNS:host`, with openssl. */
export function makeCertificate(name: string): Certificate {
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', [...words, '-subj', '/CN=test', '-addext', `subjectAltName=${name}`], { stdio: 'ignore' });
  return { key, cert };
}
