import { cpuMillisOf } from '@app/testkit';
import { repairFontText } from './repair-font-text.js';

describe('Vietnamese in the code of a font', () => {
  it.each([
    ['TCVN3', 'c«ng ty cæ phÇn ®¹i viÖt', 'công ty cổ phần đại việt'],
    ['TCVN3 with a capital', '§¬n hµng cña t«i bÞ trÔ', 'Đơn hàng của tôi bị trễ'],
    ['TCVN3 among plain words', 'Chµo shop, em muèn ®Æt hµng', 'Chào shop, em muốn đặt hàng'],
    ['VNI', 'Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam', 'Cộng hòa xã hội chủ nghĩa Việt Nam'],
    ['VNI with a capital', 'Ñôn haøng cuûa toâi ñaâu roài?', 'Đơn hàng của tôi đâu rồi?'],
    ['a greeting in VNI', 'Xin chaøo caùc baïn', 'Xin chào các bạn'],
  ])('is repaired: %s', (_label, text, expected) => {
    expect(repairFontText(text)).toBe(expected);
  });

  it.each([
    'café au lait à la crème',
    'Señor García mañana',
    'São Paulo informação',
    'Größe für Männer',
    'Åse är på väg',
    'Prénom: Élodie, à bientôt très chère',
    'Xin chào, ông có nhà không',
    'Hỏi giá',
    'Hello',
    '',
  ])('is not seen in %j', (text) => {
    expect(repairFontText(text)).toBe(text);
  });

  it('is looked for in a long text without delay', async () => {
    expect(await cpuMillisOf(() => repairFontText('öùaêéñ '.repeat(150_000)))).toBeLessThan(1_000);
  });
});
