import { cleanIdentifier, cleanText, foldText } from './text.js';

describe('cleanText', () => {
  it('composes decomposed Vietnamese', () => {
    const decomposed = 'Trần Thị Bưởi'.normalize('NFD');
    expect(decomposed).not.toBe('Trần Thị Bưởi');
    expect(cleanText(decomposed, { nul: 'replace' }).text).toBe('Trần Thị Bưởi');
  });

  it('replaces or removes U+0000', () => {
    expect(cleanText('a\u0000b', { nul: 'replace' }).text).toBe('a\uFFFDb');
    expect(cleanText('a\u0000b', { nul: 'remove' }).text).toBe('ab');
  });

  it('replaces lone surrogates and keeps whole emoji with their joiners', () => {
    expect(cleanText('x\ud83d', { nul: 'replace' }).text).toBe('x\uFFFD');
    const family = '👨‍👩‍👧';
    expect(cleanText(family, { nul: 'replace' }).text).toBe(family);
  });

  it('ends lines with LF', () => {
    expect(cleanText('a\r\nb\rc', { nul: 'remove' }).text).toBe('a\nb\nc');
  });

  it('cuts a long text and says so, never within a character', () => {
    expect(cleanText('abc', { nul: 'remove', maxChars: 3 })).toEqual({ text: 'abc', truncated: false });
    const cut = cleanText('ab😀', { nul: 'remove', maxChars: 3 });
    expect(cut.truncated).toBe(true);
    expect(cut.text.isWellFormed()).toBe(true);
  });
});

describe('cleanIdentifier', () => {
  it('keeps case and form of a well-formed one', () => {
    expect(cleanIdentifier('m_aBc=+/é')).toBe('m_aBc=+/é');
  });

  it('makes any other storable', () => {
    expect(cleanIdentifier('a\u0000\ud800')).toBe('a\uFFFD\uFFFD');
  });
});

describe('foldText', () => {
  it.each([
    ['Trần Thị  Bưởi', 'tran thi buoi'],
    ['ĐẶNG ĐÌNH Đức', 'dang dinh duc'],
    ['  nguyễn\tvăn a ', 'nguyen van a'],
  ])('folds %s', (text, folded) => {
    expect(foldText(text)).toBe(folded);
    expect(foldText(text.normalize('NFD'))).toBe(folded);
  });
});
