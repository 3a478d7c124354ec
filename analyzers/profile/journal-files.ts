import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { ProcessJournal } from './process-journal';

const mostAtOnce = 1 << 20;

interface Followed {
  journal: ProcessJournal;
  decoder: StringDecoder;
  read: number;
}

/** The side files of one profiled run, read while they grow: the main process writes `out`, every child of it `out.<pid>`. */
export class JournalFiles {
  private readonly followed = new Map<string, Followed>();

  /** @param out absolute path of the main process's side file, in a folder of its own. */
  constructor(readonly out: string) {}

  get main(): ProcessJournal | undefined {
    return this.followed.get(this.out)?.journal;
  }

  /** Reads what is new. Files that can not be read are left for the next time. */
  async read(): Promise<void> {
    const folder = path.dirname(this.out);
    const base = path.basename(this.out);
    let names: string[];
    try {
      names = await readdir(folder);
    } catch {
      return;
    }
    for (const name of names.sort()) {
      if (name === base || name.startsWith(`${base}.`)) await this.readOne(path.join(folder, name));
    }
  }

  private async readOne(file: string): Promise<void> {
    let followed = this.followed.get(file);
    if (!followed) {
      followed = { journal: new ProcessJournal(), decoder: new StringDecoder('utf8'), read: 0 };
      this.followed.set(file, followed);
    }
    try {
      const handle = await open(file, 'r');
      try {
        for (;;) {
          const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(mostAtOnce), position: followed.read });
          if (bytesRead === 0) return;
          followed.read += bytesRead;
          followed.journal.feed(followed.decoder.write(buffer.subarray(0, bytesRead)));
        }
      } finally {
        await handle.close();
      }
    } catch {
      // Gone, or not ours to read: the other processes still tell of themselves.
    }
  }

  journals(): ProcessJournal[] {
    return [...this.followed.values()].map((followed) => followed.journal);
  }
}
