/** Names that a checkout could not hold, or that git or DVC would take for their own (format §3.1, §5.1). */

const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)$/i;

/** Control files of git and DVC, in any ASCII case. */
const CONTROL_FILE = /^(?:\.gitattributes|\.gitignore|\.mailmap|dvc\.yaml|dvc\.lock|\.dvcignore)$/i;

/** Code points that HFS+ leaves out when it compares names: `next_hfs_char` of git's utf8.c. */
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const HFS_GIT = /^\.git(?:modules)?$/i;

/** `.git` and its NTFS short name, with the endings that NTFS drops: `is_ntfs_dotgit` of git's path.c. */
const NTFS_GIT = /^(?:\.git|git~1)[ .]*(?:$|[:\\])/i;

/** `.gitmodules` and its short names, the hashed ones too: `is_ntfs_dotgitmodules` of git's path.c. */
const NTFS_GITMODULES = new RegExp(`^(?:\\.gitmodules|gitmod~[1-4]|${hashedShortNames('gi7eba')})[ .]*(?:$|:)`, 'i');

/** NTFS shortens to 8 characters: the fewer are left of the prefix, the more digits follow the tilde. */
function hashedShortNames(prefix: string): string {
  const names = Array.from({ length: prefix.length + 1 }, (_, kept) => {
    return `${prefix.slice(0, kept)}~[1-9][0-9]{${prefix.length - kept}}`;
  });
  return names.join('|');
}

/** Tells whether Windows takes a name for a device: by what stands before its first dot, in any case. */
export function isWindowsReserved(name: string): boolean {
  return WINDOWS_DEVICE.test(name.split('.', 1)[0] ?? '');
}

/** Tells whether git takes a name for `.git` or `.gitmodules`, on HFS+ and NTFS as elsewhere. */
export function isGitReserved(name: string): boolean {
  return HFS_GIT.test(name.replace(HFS_IGNORED, '')) || NTFS_GIT.test(name) || NTFS_GITMODULES.test(name);
}

/** Tells whether a name is another control file of git or DVC, or one that DVC takes for a pointer. */
export function isControlFile(name: string): boolean {
  return CONTROL_FILE.test(name) || /\.dvc$/i.test(name);
}
