/** Reads an object and a list and comes to its end without closing anything. Arguments: folder, object id. */
import { openGitPorts } from '../../../src/git/git-ports.ts';
import { openRepository } from '../../../src/git/open-repository.ts';

const [, , folder = '', id = ''] = process.argv;
const { objects, refs } = openGitPorts(await openRepository(folder, process.env), process.env);
const found = await objects.find(id);
const again = await Promise.all([objects.findHeader(id), objects.find(id), refs.list({ kind: 'all' })]);
process.stdout.write(`${found?.body.length} ${again[0]?.bytes} ${again[1]?.body.length}\n`);
