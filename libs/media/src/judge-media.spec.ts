import { judgeMedia } from './judge-media.js';

const bytes = (hex: string, text = ''): Buffer =>
  Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.from(text)]);
const PNG = bytes('89504e470d0a1a0a 0000000d49484452 00000001000000010802000000907753de');

describe('judgeMedia', () => {
  it.each([
    ['a picture', PNG, 'image/png'],
    ['a photograph', bytes('ffd8ffe000104a464946000101'), 'image/jpeg'],
    ['a document', Buffer.from('%PDF-1.7\n%âãÏÓ'), 'application/pdf'],
    ['an archive, closed', bytes('504b0304140000000000', '\0'.repeat(40)), 'application/zip'],
    ['words', Buffer.from('Chào shop, giá < 200k và > 100k'), 'text/plain'],
    ['what nobody knows', bytes('00ff00ff00ff00ff'), 'application/octet-stream'],
  ])('keeps %s', async (_what, content, mediaType) => {
    expect(await judgeMedia(content)).toEqual({ keep: true, mediaType });
  });

  it.each([
    ['a program of Windows', bytes('4d5a9000030000000400', '\0'.repeat(60)), 'program'],
    ['a program of Linux', bytes('7f454c4602010100', '\0'.repeat(60)), 'program'],
    ['a script', Buffer.from('#!/bin/sh\nrm -rf ~'), 'program'],
    ['a page', Buffer.from('\n <!DOCTYPE html><p>Chào'), 'markup'],
    [
      'a picture that runs scripts',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
      'markup',
    ],
    ['a page in UTF-16', Buffer.from('\ufeff<html>', 'utf16le'), 'markup'],
    ['a page behind a declaration', Buffer.from('<?xml version="1.0"?><html></html>'), 'markup'],
    ['nothing', Buffer.alloc(0), 'empty'],
  ])('refuses %s', async (_what, content, reason) => {
    expect(await judgeMedia(content)).toEqual({ keep: false, reason });
  });
});
