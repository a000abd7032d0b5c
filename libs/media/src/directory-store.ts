import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { checkDigest, type Digest, type MediaStore } from './media-store.js';

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Bytes in files, 256 folders of them by the first digits of the name. Several processes may share the directory. A file
 * is written aside, flushed and renamed, so that a crash leaves it whole or absent.
 */
export class DirectoryStore implements MediaStore {
  constructor(private readonly directory: string) {}

  async put(digest: Digest, bytes: Buffer): Promise<void> {
    const file = this.fileOf(digest);
    if (await this.has(file, bytes.length)) return;
    const folder = path.dirname(file);
    await mkdir(folder, { recursive: true });
    const aside = `${file}.${randomUUID()}.part`;
    try {
      const handle = await open(aside, 'wx', 0o640);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(aside, file);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
    await flushFolder(folder);
  }

  async get(digest: Digest): Promise<Buffer | undefined> {
    try {
      return await readFile(this.fileOf(digest));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(digest: Digest): Promise<void> {
    await rm(this.fileOf(digest), { force: true });
  }

  private async has(file: string, sizeBytes: number): Promise<boolean> {
    try {
      return (await stat(file)).size === sizeBytes;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  private fileOf(digest: string): string {
    return path.join(this.directory, checkDigest(digest).slice(0, 2), digest);
  }
}
