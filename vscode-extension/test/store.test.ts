import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, GhostStore } from '../src/ghost/store.ts';
import type { InlineUpdate } from '../src/protocol.ts';

const URI = 'file:///notes.md';
const PLACE = { uri: URI, version: 7, offset: 10 };

function update(sequence: number, text: string, rest: Partial<InlineUpdate> = {}): InlineUpdate {
  return {
    session: 'ghost-1',
    sequence,
    uri: URI,
    version: 7,
    position: { line: 0, character: 10 },
    text,
    done: false,
    ...rest,
  };
}

function asked(answer = 'hello world', unwanted: (session: string) => void = () => undefined): GhostStore {
  const store = new GhostStore(unwanted);
  void store.ask(PLACE);
  store.answer(PLACE, answer);
  return store;
}

function typed(at: number, text: string, replaced = 0): Change[] {
  return [{ rangeOffset: at, rangeLength: replaced, text }];
}

const TYPING: { name: string; changes: Change[][]; caret: number; shown: string | undefined }[] = [
  { name: 'nothing typed: all of it', changes: [], caret: 10, shown: 'hello world' },
  { name: 'elsewhere there is no ghost', changes: [], caret: 9, shown: undefined },
  { name: 'a letter that agrees uses it up', changes: [typed(10, 'h')], caret: 11, shown: 'ello world' },
  { name: 'a word accepted by a key uses it up', changes: [typed(10, 'hello')], caret: 15, shown: ' world' },
  { name: 'another letter ends it', changes: [typed(10, 'x')], caret: 11, shown: undefined },
  {
    name: 'what was typed and taken back is offered again',
    changes: [typed(10, 'he'), typed(11, '', 1)],
    caret: 11,
    shown: 'ello world',
  },
  { name: 'deleting beyond its start ends it', changes: [typed(9, '', 1)], caret: 9, shown: undefined },
  { name: 'text put before it ends it', changes: [typed(3, 'abc')], caret: 13, shown: undefined },
  { name: 'text put behind it ends it', changes: [typed(20, 'abc')], caret: 10, shown: undefined },
  { name: 'all of it accepted: nothing is left', changes: [typed(10, 'hello world')], caret: 21, shown: undefined },
];

for (const { name, changes, caret, shown } of TYPING) {
  test(name, () => {
    const store = asked();
    for (const change of changes) store.change(URI, change);
    assert.equal(store.at(URI, caret), shown);
  });
}

test('two carets end it, since only one of them has a ghost', () => {
  const store = asked();
  store.change(URI, [...typed(10, 'h'), ...typed(2, 'h')]);
  assert.equal(store.at(URI, 11), undefined);
});

test('changes of another document do not matter', () => {
  const store = asked();
  store.change('file:///other.md', typed(10, 'x'));
  assert.equal(store.at(URI, 10), 'hello world');
});

test('an update grows what is shown', () => {
  const store = asked('hello');
  assert.equal(store.update(update(1, 'hello wor')), true);
  assert.equal(store.at(URI, 10), 'hello wor');
});

test('updates before the answer are kept for it and show nothing by themselves', () => {
  const store = new GhostStore(() => undefined);
  void store.ask(PLACE);
  assert.equal(store.update(update(1, 'hello wor')), false);
  store.answer(PLACE, 'hello');
  assert.equal(store.at(URI, 10), 'hello wor');
});

const IGNORED: { name: string; update: InlineUpdate }[] = [
  { name: 'for another document', update: update(1, 'hello world!', { uri: 'file:///other.md' }) },
  { name: 'for another version', update: update(1, 'hello world!', { version: 6 }) },
  { name: 'for no version at all', update: update(1, 'hello world!', { version: null }) },
  { name: 'that says nothing new', update: update(1, 'hello world') },
  { name: 'that contradicts what is shown', update: update(1, 'goodbye world and more') },
];

for (const { name, update: ignored } of IGNORED) {
  test(`an update ${name} changes nothing`, () => {
    const store = asked();
    assert.equal(store.update(ignored), false);
    assert.equal(store.at(URI, 10), 'hello world');
  });
}

test('an update that comes late, after a newer one, changes nothing', () => {
  const store = asked('a');
  store.update(update(2, 'a b c'));
  assert.equal(store.update(update(1, 'a b c d e f')), false);
  assert.equal(store.at(URI, 10), 'a b c');
});

test('after a new request updates of the session before are ignored, at the same place and version, too', () => {
  const store = asked('a');
  store.update(update(1, 'a b'));
  void store.ask(PLACE);
  store.answer(PLACE, 'z');
  assert.equal(store.update(update(2, 'z y', { session: 'ghost-1' })), false);
  assert.equal(store.update(update(1, 'z y', { session: 'ghost-2' })), true);
});

test('typing faster than the server writes waits for it and shows what is beyond', () => {
  const store = asked('he');
  store.update(update(1, 'hel'));
  store.change(URI, typed(10, 'hello'));
  assert.equal(store.at(URI, 15), '', 'it may go on');
  assert.equal(store.update(update(2, 'hello')), false);
  assert.equal(store.update(update(3, 'hello world')), true);
  assert.equal(store.at(URI, 15), ' world');
});

test('typing faster than the server writes, and something else, ends it when that shows', () => {
  const store = asked('he');
  store.update(update(1, 'hel'));
  store.change(URI, typed(10, 'helmet'));
  assert.equal(store.update(update(2, 'hello world')), false);
  assert.equal(store.at(URI, 16), undefined);
});

test('it streams from the first update to the last', () => {
  const store = asked('a');
  assert.equal(store.streaming, false);
  store.update(update(1, 'a b'));
  assert.equal(store.streaming, true);
  store.update(update(2, 'a b c', { done: true }));
  assert.equal(store.streaming, false);
  assert.equal(store.at(URI, 10), 'a b c');
});

test('an answer to an older request is not shown', () => {
  const store = new GhostStore(() => undefined);
  void store.ask(PLACE);
  void store.ask({ ...PLACE, version: 8, offset: 11 });
  store.answer(PLACE, 'hello');
  assert.equal(store.at(URI, 10), undefined);
  assert.equal(store.at(URI, 11), undefined);
});

test('line ends of the document and of the server may differ', () => {
  const store = asked('one\ntwo\nthree');
  store.change(URI, typed(10, 'one\r\ntwo'));
  assert.equal(store.at(URI, 18), '\nthree');
});

const ENDS: { name: string; end: (store: GhostStore) => void; told: string[] }[] = [
  { name: 'dismissed', end: (store) => store.drop(), told: ['ghost-1'] },
  { name: 'dismissed twice', end: (store) => [1, 2].forEach(() => store.drop()), told: ['ghost-1'] },
  { name: 'left by other letters', end: (store) => store.change(URI, typed(10, 'x')), told: ['ghost-1'] },
  {
    name: 'contradicted by what comes',
    end: (store) => {
      store.change(URI, typed(10, 'a b!'));
      store.update(update(2, 'a b c'));
    },
    told: ['ghost-1'],
  },
  {
    name: 'at its end already',
    end: (store) => {
      store.update(update(2, 'a b c', { done: true }));
      store.drop();
    },
    told: [],
  },
  { name: 'followed by another request, which the server sees', end: (store) => void store.ask(PLACE), told: [] },
  { name: 'gone with its server', end: (store) => store.reset(), told: [] },
];

for (const { name, end, told } of ENDS) {
  test(`the server is told to stop a session once, and only where it would write on: ${name}`, () => {
    const unwanted: string[] = [];
    const store = asked('a', (session) => unwanted.push(session));
    store.update(update(1, 'a b'));
    end(store);
    assert.deepEqual(unwanted, told);
    assert.equal(store.streaming, false);
  });
}

test('a new server may name its sessions as the one before did', () => {
  const store = asked('a');
  store.update(update(1, 'a b'));
  store.reset();
  void store.ask(PLACE);
  store.answer(PLACE, 'a');
  assert.equal(store.update(update(1, 'a b c')), true);
});

test('what the model begins with is to be seen before the answer, and white space is not', async () => {
  const store = new GhostStore(() => undefined);
  let begun = false;
  const beginning = store.ask(PLACE).then(() => (begun = true));
  store.update(update(1, '  '));
  await Promise.resolve();
  assert.equal(begun, false);
  store.update(update(2, '  he'));
  await beginning;
  store.answer(PLACE, '');
  assert.equal(store.at(URI, 10), '  he');
  assert.equal(store.update(update(3, '  hello')), true, 'and grows from then on');
});

test('letters typed along before the model begins are taken off what it begins with', async () => {
  const store = new GhostStore(() => undefined);
  const beginning = store.ask(PLACE);
  store.change(URI, typed(10, 'he'));
  store.update(update(1, 'hello'));
  await beginning;
  store.answer(PLACE, '');
  assert.equal(store.at(URI, 12), 'llo');
});
