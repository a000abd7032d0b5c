import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, ProviderUnavailableError } from '@app/kernel';
import { DirectoryStore } from './directory-store.js';
import type { MediaStore } from './media-store.js';
import { openMediaStore } from './open-media-store.js';
import { S3Store } from './s3-store.js';

const bytes = Buffer.from('một tấm ảnh');
const digest = hash('sha256', bytes);

/** Enough of a bucket: objects by path, for whoever signs. */
const objects = new Map<string, Buffer>();
let failing = 0;
const bucket = http.createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const key = request.url!;
    if (failing-- > 0) return response.writeHead(503).end();
    if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=khoa/') !== true)
      return response.writeHead(403).end();
    if (request.method === 'PUT') objects.set(key, Buffer.concat(parts));
    if (request.method === 'DELETE') objects.delete(key);
    const found = objects.get(key);
    if (request.method !== 'GET') return response.writeHead(request.method === 'PUT' ? 200 : 204).end();
    return found === undefined ? response.writeHead(404).end('<Error/>') : response.writeHead(200).end(found);
  });
});
let folder: string;
let endpoint: string;

beforeAll(async () => {
  bucket.listen(0, '127.0.0.1');
  await once(bucket, 'listening');
  endpoint = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`;
});
afterAll(() => {
  bucket.closeAllConnections();
  bucket.close();
});
beforeEach(() => {
  objects.clear();
  failing = 0;
  folder = mkdtempSync(path.join(tmpdir(), 'omniline-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const s3 = (more: { accessKeyId?: string } = {}): S3Store =>
  new S3Store({ endpoint, bucket: 'tep', region: 'vn-1', accessKeyId: 'khoa', secretAccessKey: 'bi-mat', ...more });
const stores: readonly (readonly [string, () => MediaStore])[] = [
  ['a directory', () => new DirectoryStore(folder)],
  ['a bucket', () => s3()],
];

describe.each(stores)('%s as a media store', (_name, open) => {
  it('gives back what was put, once or twice', async () => {
    const store = open();
    await store.put(digest, bytes);
    await store.put(digest, bytes);
    expect((await store.get(digest))?.equals(bytes)).toBe(true);
  });

  it('has nothing that was not put, or was deleted; deleting nothing is no fault', async () => {
    const store = open();
    expect(await store.get(digest)).toBeUndefined();
    await store.put(digest, bytes);
    await store.delete(digest);
    await store.delete(digest);
    expect(await store.get(digest)).toBeUndefined();
  });

  it.each(['', '../../etc/passwd', digest.toUpperCase(), `${digest}/..`])(
    'takes no name but a digest: %j',
    async (name) => {
      const store = open();
      await expect(store.get(name)).rejects.toThrow(RangeError);
      await expect(store.put(name, bytes)).rejects.toThrow(RangeError);
      await expect(store.delete(name)).rejects.toThrow(RangeError);
    },
  );
});

describe('a directory', () => {
  it('holds whole files and nothing else, two writers of the same bytes included', async () => {
    const store = new DirectoryStore(folder);
    await Promise.all([1, 2, 3, 4].map(async () => await store.put(digest, bytes)));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(files.toSorted()).toEqual([digest.slice(0, 2), path.join(digest.slice(0, 2), digest)]);
  });

  it('writes a file anew that was cut short', async () => {
    const store = new DirectoryStore(folder);
    await store.put(digest, bytes.subarray(0, 3));
    await store.put(digest, bytes);
    expect((await store.get(digest))?.equals(bytes)).toBe(true);
  });
});

describe('a bucket', () => {
  it('is asked again when it is away for a moment', async () => {
    failing = 1;
    await s3().put(digest, bytes);
    expect([...objects.keys()]).toEqual([`/tep/${digest}`]);
  });

  it('that refuses or does not answer is a passing fault', async () => {
    await expect(s3({ accessKeyId: 'khac' }).put(digest, bytes)).rejects.toThrow(ProviderUnavailableError);
    const nowhere = new S3Store({
      endpoint: 'http://127.0.0.1:1',
      bucket: 'tep',
      region: 'vn-1',
      accessKeyId: 'k',
      secretAccessKey: 's',
    });
    await expect(nowhere.get(digest)).rejects.toThrow(ProviderUnavailableError);
  });
});

describe('openMediaStore', () => {
  const settings = { OMNILINE_HOME: '.omniline', OMNILINE_MEDIA: undefined, OMNILINE_MEDIA_KEY: undefined };

  it('takes a folder, by default in the home folder', () => {
    expect(openMediaStore(settings)).toBeInstanceOf(DirectoryStore);
    expect(openMediaStore({ ...settings, OMNILINE_MEDIA: '/var/lib/media' })).toBeInstanceOf(DirectoryStore);
  });

  it('takes a bucket with its key', async () => {
    const store = openMediaStore({
      ...settings,
      OMNILINE_MEDIA: `${endpoint}/tep?region=vn-1`,
      OMNILINE_MEDIA_KEY: 'khoa:bi-mat:với:dấu',
    });
    await store.put(digest, bytes);
    expect([...objects.keys()]).toEqual([`/tep/${digest}`]);
  });

  it('takes no bucket without one', () => {
    expect(() => openMediaStore({ ...settings, OMNILINE_MEDIA: `${endpoint}/tep?region=vn-1` })).toThrow(ConfigError);
  });
});
