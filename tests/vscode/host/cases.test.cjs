// The editor cases of tests/conformance/editor, as they are run in Neovim and Emacs, too: each that changes the text is
// chosen from VS Code's own code actions, ends in the very text that the case says, and one undo takes it back.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { codeActions, until } = require('./until.cjs');

const CASES = path.join(__dirname, '../../conformance/editor');
const SUFFIXES = { markdown: 'md', plaintext: 'txt', python: 'py' };
const { executeCommand } = vscode.commands;

/** A case from its file's text; its README says the form. */
function readCase(text) {
  const [, ...parts] = text.replace(/\n$/, '').split('\n--- ');
  const sections = Object.fromEntries(parts.map((part) => /^([^\n]*)\n?(.*)$/s.exec(part).slice(1)));
  const files = Object.entries(sections).filter(([name]) => name.startsWith('file '));
  const plain = sections.source.replace('«', '').replace('»', '');
  return {
    settings: JSON.parse(sections.settings ?? '{}'),
    files: files.map(([name, content]) => [name.slice('file '.length), `${content}\n`]),
    language: sections.language,
    text: plain,
    selection: [sections.source.indexOf('«'), sections.source.indexOf('»') - 1],
    expected: sections.result ?? plain,
  };
}

/** `{ translate: { to: 'es' } }` as `{ 'translate.to': 'es' }`. */
function flat(settings) {
  const sections = Object.entries(settings);
  return Object.fromEntries(
    sections.flatMap(([section, values]) =>
      Object.entries(values).map(([name, value]) => [`${section}.${name}`, value]),
    ),
  );
}

describe('the editor cases', () => {
  const { fsPath: folder } = vscode.workspace.workspaceFolders[0].uri;
  const configuration = () => vscode.workspace.getConfiguration('inference');
  let changed = [];
  let written = [];

  afterEach(async () => {
    await executeCommand('workbench.action.revertAndCloseActiveEditor');
    for (const name of changed) await configuration().update(name, undefined, vscode.ConfigurationTarget.Global);
    for (const file of written) fs.rmSync(file);
    [changed, written] = [[], []];
  });

  const names = fs.readdirSync(CASES).filter((name) => name.endsWith('.txt'));
  for (const name of names) {
    const { settings, files, language, text, selection, expected } = readCase(
      fs.readFileSync(path.join(CASES, name), 'utf8'),
    );
    if (expected === text) continue;
    const [action] = name.split('-');
    it(`${path.basename(name, '.txt')}: the text is as it says, and one undo takes it back`, async () => {
      const own = `${path.basename(name, '.txt')}.${SUFFIXES[language]}`;
      for (const [file, content] of [...files, [own, text]]) {
        written.push(path.join(folder, file));
        fs.mkdirSync(path.dirname(written.at(-1)), { recursive: true });
        fs.writeFileSync(written.at(-1), content);
      }
      for (const [setting, value] of Object.entries(flat(settings))) {
        changed.push(setting);
        await configuration().update(setting, value, vscode.ConfigurationTarget.Global);
      }
      if (files.length) await executeCommand('inference.restart'); // it learns a folder's translations when it starts

      const document = await vscode.workspace.openTextDocument(path.join(folder, own));
      assert.equal(document.languageId, language);
      const editor = await vscode.window.showTextDocument(document);
      editor.selection = new vscode.Selection(...selection.map((offset) => document.positionAt(offset)));
      const kind = `${action.endsWith('Document') ? 'source' : 'refactor.rewrite'}.inference.${action}`;
      const offered = await until(async () => {
        const all = await codeActions(document.uri, editor.selection, kind);
        return all.find((one) => one.kind?.value === kind);
      }, 'code action');
      await executeCommand(offered.command.command, ...offered.command.arguments);
      await until(
        () => document.getText() === expected,
        () => `text as expected, but:\n${document.getText()}`,
      );
      await executeCommand('undo');
      assert.equal(document.getText(), text);
    });
  }
});
