// What the extension does through VS Code's own API, in its real extension host, with the real Python server.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { codeActions, until } = require('./until.cjs');

const ID = 'inference-lsp.inference-lsp';
const { executeCommand } = vscode.commands;

describe('the extension', () => {
  let document;
  let editor;

  before(async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension, 'it is installed');
    await extension.activate();
    const [file] = await vscode.workspace.findFiles('notes.md');
    document = await vscode.workspace.openTextDocument(file);
    editor = await vscode.window.showTextDocument(document);
  });

  afterEach(async () => {
    await executeCommand('workbench.action.files.revert');
  });

  function selectPassage() {
    editor.selection = new vscode.Selection(2, 0, 2, document.lineAt(2).text.length);
  }

  it('has every command that its manifest names', async () => {
    const { packageJSON } = vscode.extensions.getExtension(ID);
    const there = new Set(await vscode.commands.getCommands(true));
    const missing = packageJSON.contributes.commands.map(({ command }) => command).filter((name) => !there.has(name));
    assert.deepEqual(missing, []);
  });

  it('has every command that its walkthrough names', async () => {
    const { packageJSON } = vscode.extensions.getExtension(ID);
    const there = new Set(await vscode.commands.getCommands(true));
    const steps = packageJSON.contributes.walkthroughs.flatMap(({ steps }) => steps);
    const named = steps.flatMap(({ description, completionEvents }) => [
      ...[...description.matchAll(/\(command:([\w.]+)\)/g)].map(([, name]) => name),
      ...completionEvents.map((event) => event.replace('onCommand:', '')),
    ]);
    assert.ok(named.length >= steps.length);
    assert.deepEqual(
      named.filter((name) => !there.has(name)),
      [],
    );
    for (const { media } of steps)
      assert.ok(fs.existsSync(path.join(vscode.extensions.getExtension(ID).extensionPath, media.markdown)));
  });

  it('offers the actions of its manifest in the light bulb', async () => {
    selectPassage();
    const { actions } = vscode.extensions.getExtension(ID).packageJSON.inference;
    const offered = async (asked) => {
      const all = await codeActions(document.uri, editor.selection, asked);
      return all.map(({ kind }) => kind?.value ?? '').filter((kind) => kind.includes('.inference.'));
    };
    const kinds = await until(async () => {
      const found = [...(await offered('refactor.rewrite')), ...(await offered('source'))];
      return found.length >= actions.length && found;
    }, 'actions');
    assert.deepEqual(kinds.map((kind) => kind.split('.').pop()).sort(), [...actions].sort());
  });

  it('summarizes the selection by its command, as one step that one undo takes back', async () => {
    const before = document.getText();
    selectPassage();
    await executeCommand('inference.summarize');
    await until(() => document.getText() !== before, 'summary');
    assert.ok(document.getText().includes(before.split('\n')[2]), 'the passage is still there');
    await executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('explains the selection in a hover, not the sentence at the pointer', async () => {
    const mail = document.lineAt(2).text.indexOf('info@example.org');
    editor.selection = new vscode.Selection(2, mail, 2, mail + 'info@example.org'.length);
    const words = async () => {
      const hovers = await executeCommand(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(2, mail + 3),
      );
      return hovers.flatMap(({ contents }) => contents.map(({ value }) => value)).join('\n');
    };
    // what is not found out within its deadline is left out, and there the next time
    const selected = await until(async () => {
      const said = await words();
      return /EMAIL/.test(said) && said;
    }, 'explanation of the selection');
    assert.match(selected, /16 characters/);
    assert.doesNotMatch(selected, /2026/);
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await until(async () => /2026/.test(await words()), 'explanation of the sentence, without a selection');
  });

  it('shows ghost text that the editor commits', async () => {
    editor.selection = new vscode.Selection(5, 9, 5, 9);
    await until(async () => {
      await executeCommand('editor.action.inlineSuggest.trigger');
      await new Promise((resolve) => setTimeout(resolve, 200));
      await executeCommand('editor.action.inlineSuggest.commit');
      return document.lineAt(5).text === 'the function returns the answer';
    }, 'ghost text');
  });

  it('takes no address, target, program or trace from the settings of the workspace', () => {
    const hostile = JSON.parse(
      fs.readFileSync(path.join(vscode.workspace.workspaceFolders[0].uri.fsPath, '.vscode/settings.json')),
    );
    for (const [name, value] of Object.entries(hostile)) {
      const inspected = vscode.workspace.getConfiguration().inspect(name);
      assert.ok(inspected, `${name} is a setting`);
      assert.notDeepEqual(vscode.workspace.getConfiguration().get(name), value, name);
      assert.equal(vscode.workspace.getConfiguration().get(name), inspected.defaultValue, name);
    }
  });
});
