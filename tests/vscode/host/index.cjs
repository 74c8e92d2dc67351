// The entry that VS Code calls inside its extension host: mocha over the files beside this one.

const fs = require('node:fs');
const path = require('node:path');
const Mocha = require('mocha');

const say = (...words) => console.log('T|', ...words);

exports.run = () => {
  const mocha = new Mocha({ ui: 'bdd', timeout: 40_000, reporter: class {} });
  for (const name of fs.readdirSync(__dirname))
    if (name.endsWith('.test.cjs')) mocha.addFile(path.join(__dirname, name));
  return new Promise((resolve, reject) => {
    const runner = mocha.run((failures) => (failures ? reject(new Error(`${failures} tests failed`)) : resolve()));
    runner.on('pass', (test) => say('ok', test.fullTitle()));
    runner.on('fail', (test, error) => say(`not ok ${test.fullTitle()}\n${error.stack ?? error}`));
  });
};
