import type { Attachment } from '@app/contracts';
import { cleanText, present } from '@app/kernel';
import type { KeptBytes } from '../channel-adapter.js';
import { cleanFilename, kindOf } from '../shared/mail/mail-attachments.js';
import { readForm, type FormPart } from '../shared/mail/multipart-form.js';
import { referenceTo } from '../shared/mail/received-mail.js';
import { sha256Hex } from '../shared/hmac.js';

/** A file that a visitor sent with a form. */
export interface FormFile extends FormPart {
  readonly filename: string;
  /** Where it stands among the parts of the form, from `0`. */
  readonly partId: string;
}

/** The files of one form, of which there is one at least, and the form in which they are kept. */
export interface FormFiles {
  readonly files: readonly FormFile[];
  readonly original: KeptBytes;
}

/** As many files of a form are shown; the others are in its original only. */
export const MAX_FILES = 20;

/** The files among the parts of a form, in order. An input that was left empty sends none. */
export const filesAmong = (parts: readonly FormPart[]): readonly FormFile[] =>
  parts.flatMap((part, index) => {
    const { filename } = part;
    return filename === undefined || part.bytes.length === 0 ? [] : [{ ...part, filename, partId: String(index) }];
  });

/**
 * Describes files. Their bytes stay where they are: in the stored form, under the number of the part.
 *
 * @returns the first {@link MAX_FILES}
 */
export function toAttachments({ files, original }: FormFiles): Attachment[] {
  return files.slice(0, MAX_FILES).map(({ partId, filename, contentType, bytes }) => {
    const type = (contentType ?? 'application/octet-stream').toLowerCase();
    return {
      kind: kindOf(type),
      state: 'stored',
      source: 'blob',
      locator: referenceTo(original),
      part_id: partId,
      declared_media_type: cleanText(type, { nul: 'remove', maxChars: 200 }).text,
      ...present({ filename: cleanFilename(filename) }),
      size_bytes: bytes.length,
      sha256: sha256Hex(bytes),
    };
  });
}

/** Whether stored bytes of this type are a form of which {@link openFormFile} takes a file. */
export const isFormType = (mediaType: string): boolean => /^multipart\/form-data\b/i.test(mediaType);

/**
 * The bytes of a file of a stored form.
 *
 * @param mediaType of the form, with its boundary
 * @param partId as in the attachment
 * @returns undefined when there is no such file
 */
export async function openFormFile(form: Buffer, mediaType: string, partId: string): Promise<Buffer | undefined> {
  const parts = await readForm(form, mediaType);
  return filesAmong(parts ?? []).find((file) => file.partId === partId)?.bytes;
}
