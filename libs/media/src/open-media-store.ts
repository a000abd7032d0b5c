import path from 'node:path';
import { CONFIG, ConfigError, type Config } from '@app/kernel';
import { DirectoryStore } from './directory-store.js';
import { MEDIA_STORE, type MediaStore } from './media-store.js';
import { S3Store } from './s3-store.js';

type MediaSettings = Pick<Config, 'OMNILINE_MEDIA' | 'OMNILINE_MEDIA_KEY' | 'OMNILINE_HOME'>;

/**
 * The store that the settings name: a folder, or a bucket.
 *
 * @throws ConfigError for a bucket without a key
 */
export function openMediaStore({
  OMNILINE_MEDIA: place,
  OMNILINE_MEDIA_KEY: key,
  OMNILINE_HOME,
}: MediaSettings): MediaStore {
  if (place === undefined || !/^https?:/.test(place)) {
    return new DirectoryStore(path.resolve(place ?? path.join(OMNILINE_HOME, 'media')));
  }
  const url = new URL(place);
  const slash = url.pathname.lastIndexOf('/');
  const colon = key?.indexOf(':') ?? -1;
  if (key === undefined || colon < 0) throw new ConfigError(['OMNILINE_MEDIA_KEY: a bucket needs one']);
  return new S3Store({
    endpoint: url.origin + url.pathname.slice(0, slash),
    bucket: url.pathname.slice(slash + 1),
    region: url.searchParams.get('region')!,
    accessKeyId: key.slice(0, colon),
    secretAccessKey: key.slice(colon + 1),
  });
}

/** Provides `MEDIA_STORE`. */
export const mediaStoreProvider = {
  provide: MEDIA_STORE,
  useFactory: (config: Config): MediaStore => openMediaStore(config),
  inject: [CONFIG],
};
