// Why a file may not be written, and the words for it. Values alone.

/** What the disk says of a file, or of the folder that one would be made in. */
export interface OnDisk {
  readonly mode: number;
  /** Whether this process may write it. */
  readonly mayWrite: boolean;
  /** Whether it is this person's, who may change its mode then. */
  readonly isOwn: boolean;
}

/** What the editor's settings say of a file. */
export interface InSettings {
  readonly included: boolean;
  readonly excluded: boolean;
  readonly fromPermissions: boolean;
}

export interface Lock {
  readonly by: "disk" | "setting";
  /** Whether we can take it off. */
  readonly opens: boolean;
  readonly why: string;
}

const ANYBODY = 0o222;

/** Says why a file is read-only; nothing where it is not. What the editor has for read-only comes first: it takes no keys. */
export function lockOf(disk: OnDisk | undefined, set: InSettings): Lock | undefined {
  const locked = disk !== undefined && (!disk.mayWrite || (disk.mode & ANYBODY) === 0); // root may write all the same
  if (set.included && !set.excluded) {
    return { by: "setting", opens: true, why: "by the setting files.readonlyInclude" };
  }
  if (locked && set.fromPermissions && !set.excluded) {
    return { by: "setting", opens: true, why: "by the setting files.readonlyFromPermissions" };
  }
  if (locked) {
    return { by: "disk", opens: disk.isOwn && (disk.mode & ANYBODY) === 0, why: "on the disk, so that an edit could not be saved" };
  }
  return undefined;
}
