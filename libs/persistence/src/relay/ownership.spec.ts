import { Ownership } from './ownership.js';

const aView = (): Ownership =>
  new Ownership([
    { identityId: '5', customerId: '101', version: 1 },
    { identityId: '6', customerId: '102', version: 4 },
  ]);

describe('who owns an identity in the stream', () => {
  it('is whom the view was given, until a move', () => {
    const view = aView();
    expect([view.of('5'), view.of('6'), view.changed()]).toEqual([
      { customerId: '101', version: 1 },
      { customerId: '102', version: 4 },
      [],
    ]);
    view.move('5', { customerId: '102', version: 2 });
    expect(view.of('5')).toEqual({ customerId: '102', version: 2 });
    expect(view.changed()).toEqual([{ identityId: '5', customerId: '102', version: 2 }]);
  });

  it.each([3, 4])('is not changed by a move that was overtaken: version %i after 4', (version) => {
    const view = aView();
    view.move('6', { customerId: '103', version });
    expect([view.of('6'), view.changed()]).toEqual([{ customerId: '102', version: 4 }, []]);
  });

  it('is told once for several moves, as it stands in the end', () => {
    const view = aView();
    view.move('6', { customerId: '101', version: 5 });
    view.move('6', { customerId: '103', version: 6 });
    expect(view.changed()).toEqual([{ identityId: '6', customerId: '103', version: 6 }]);
  });

  it('is never guessed', () => {
    expect(() => aView().of('7')).toThrow('identity 7, which does not exist');
  });
});
