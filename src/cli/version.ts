/** The program's version and where its bugs go, from package.json. */
import manifest from '../../package.json' with { type: 'json' };

/** The version of this program, e.g. `0.1.0`. */
export const PROGRAM_VERSION: string = manifest.version;

/** What `git registry --version` prints. */
export const VERSION_LINE: string = `git-registry ${PROGRAM_VERSION}`;

/** Where to report a bug: package.json's `bugs`, else the package's page. */
export const REPORT_URL: string = reportUrl(manifest);

function reportUrl(about: { readonly name: string; readonly bugs?: { readonly url: string } }): string {
  return about.bugs?.url ?? `https://www.npmjs.com/package/${about.name}`;
}
