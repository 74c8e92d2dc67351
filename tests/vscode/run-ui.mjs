// Runs the stories in a real window: node run-ui.mjs oldest|newest VSIX [STORY…]

import { embedded } from './ui/embedded.mjs';
import { remote } from './ui/remote.mjs';
import { broken, crashes, faults, hostile, noPython, restricted } from './ui/weather.mjs';

const STORIES = { embedded, remote, faults, crashes, broken, noPython, hostile, restricted };
const [version, vsix, ...chosen] = process.argv.slice(2);
let good = true;
for (const name of chosen.length ? chosen : Object.keys(STORIES))
  good = (await STORIES[name]({ version, vsix })) && good;
process.exit(good ? 0 : 1);
