// Waiting for what is to come, and asking again.

const vscode = require('vscode');

/** The first true value that `wanted` gives; `what` is missing after the patience in milliseconds. */
exports.until = async (wanted, what, patience = 15_000) => {
  for (const end = Date.now() + patience; ;) {
    const value = await wanted();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${typeof what === 'function' ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
};

/** What VS Code's code action providers offer for a range; nothing if it cancels the question, as it does when something
 * about the document changes meanwhile. */
exports.codeActions = async (uri, range, kind) => {
  try {
    return await vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range, kind);
  } catch (error) {
    if (error.name === 'Canceled') return [];
    throw error;
  }
};
