import { readOnce } from './read-once.js';

it('reads each object once, and what cannot be read each time', () => {
  const asked: object[] = [];
  const read = readOnce((key: { readonly broken?: true }) => {
    asked.push(key);
    if (key.broken) throw new RangeError('broken');
    return { of: key };
  });
  const [one, other, broken] = [{}, {}, { broken: true } as const];
  expect([read(one), read(other)]).toEqual([{ of: one }, { of: other }]);
  expect(read(one)).toBe(read(one));
  for (let time = 0; time < 2; time += 1) expect(() => read(broken)).toThrow(RangeError);
  expect(asked).toEqual([one, other, broken, broken]);
});
