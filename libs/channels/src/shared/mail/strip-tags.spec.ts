import { stripTags } from './strip-tags.js';

describe('HTML with its tags cut out', () => {
  it.each([
    ['blocks', '<p>Chào <b>shop</b></p><p>Còn hàng không?</p>', 'Chào shop\nCòn hàng không?'],
    ['a line break', 'một<br/>hai', 'một\nhai'],
    ['what is not shown', '<head><title>x</title></head><style>p{}</style>a<script>if (1 < 2) x()</script>b', 'ab'],
    ['a style that never ends', 'a<style>p{}<p>b', 'a'],
    ['entities', 'Lan &amp; Hà&nbsp;&lt;3', 'Lan & Hà <3'],
    ['a tag that never ends', 'a<p', 'a\np'],
    ['no tags', 'Chào', 'Chào'],
  ])('%s', (_label, html, expected) => {
    expect(stripTags(html)).toBe(expected);
  });
});
