import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobOf, RunningJobs } from '../src/jobs.ts';
import { HUGGING_FACE, originOf } from '../src/origins.ts';
import type { JobUpdate } from '../src/protocol.ts';
import { type Candidate, candidates, explain, findPython } from '../src/python.ts';
import { MOST, Restarts, WINDOW } from '../src/restarts.ts';

const ORIGINS: [address: string, origin: string | undefined][] = [
  ['https://huggingface.co', HUGGING_FACE],
  ['https://router.huggingface.co/v1', HUGGING_FACE],
  ['https://abc.eu-west-1.aws.endpoints.huggingface.cloud/generate', HUGGING_FACE],
  ['https://huggingface.co:8443', 'https://huggingface.co:8443'],
  ['http://huggingface.co', 'http://huggingface.co'],
  ['https://huggingface.co.example.org', 'https://huggingface.co.example.org'],
  ['https://nothuggingface.co', 'https://nothuggingface.co'],
  ['https://user:word@example.org/x?y#z', 'https://example.org'],
  ['HTTPS://Example.ORG:443/', 'https://example.org'],
  [' http://127.0.0.1:8080/v1 ', 'http://127.0.0.1:8080'],
  ['ftp://example.org', undefined],
  ['file:///etc/passwd', undefined],
  ['example.org', undefined],
  ['', undefined],
];

for (const [address, origin] of ORIGINS) {
  test(`a credential for ${JSON.stringify(address)} belongs to ${origin ?? 'nobody'}`, () => {
    assert.equal(originOf(address), origin);
  });
}

test('a chosen Python stands alone, and the Python extension comes before PATH', () => {
  assert.deepEqual(
    candidates('/opt/py', '/venv/py', 'linux').map((one) => one.program),
    ['/opt/py'],
  );
  assert.equal(candidates('', '/venv/py', 'linux')[0]?.program, '/venv/py');
  assert.deepEqual(
    candidates('', '', 'win32').map((one) => [one.program, ...one.args].join(' ')),
    ['py -3', 'python', 'python3'],
  );
});

const FOUND: { name: string; said: Record<string, string>; choice?: string; found?: string; explained?: RegExp }[] = [
  { name: 'the first that is new enough', said: { 'python3.12': '3.12.4', python3: '3.9.1' }, found: 'python3.12' },
  { name: 'one behind an old one', said: { python3: '3.9.1', python: '3.11.0rc2' }, found: 'python' },
  { name: 'none: only old ones', said: { python3: '3.9.1' }, explained: /3\.11 or newer.*3\.9\.1/ },
  { name: 'none at all', said: {}, explained: /no Python on this machine's PATH/ },
  {
    name: 'none: a chosen one that is old',
    choice: '/opt/py',
    said: { '/opt/py': '3.10.2' },
    explained: /inference\.python is \/opt\/py, Python 3\.10\.2/,
  },
  {
    name: 'none: a chosen one that is not there',
    choice: '/opt/py',
    said: { python3: '3.13.0' },
    explained: /does not exist/,
  },
  {
    name: 'none: a chosen one that is no Python',
    choice: '/bin/ls',
    said: { '/bin/ls': 'usage' },
    explained: /does not run as Python/,
  },
];

for (const { name, said, choice = '', found, explained } of FOUND) {
  test(`of the interpreters it finds ${name}`, async () => {
    const ask = async ({ program }: Candidate) => {
      const version = said[program];
      if (version === undefined) throw Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' });
      return `${version}\n`;
    };
    const result = await findPython(candidates(choice, '', 'linux'), ask);
    if ('python' in result) assert.equal(result.python.program, found);
    else assert.match(explain(result.refusals), explained ?? /never/);
  });
}

test('this machine is asked for real, and a program that does not exist is a refusal', async () => {
  const result = await findPython(candidates('/does/not/exist/python', '', process.platform));
  assert.ok('refusals' in result && result.refusals[0]?.reason === 'missing');
});

test('a crashed server waits longer each time, and is given up at the fifth crash in three minutes', () => {
  const restarts = new Restarts();
  const waits = Array.from({ length: MOST }, (_, index) => restarts.crashed(index * 1000));
  assert.deepEqual(waits, [250, 500, 1000, 2000, undefined]);
});

test('crashes long ago and before a person restarted the server do not count', () => {
  const restarts = new Restarts();
  for (let index = 0; index < MOST - 1; index++) restarts.crashed(index);
  assert.equal(restarts.crashed(WINDOW + MOST), 250);
  for (let index = 0; index < MOST; index++) restarts.crashed(WINDOW + MOST + index);
  restarts.forgive();
  assert.equal(restarts.crashed(WINDOW + 2 * MOST), 250);
});

function job(name: string, sequence: number, state: JobUpdate['state'], action = 'summarize'): JobUpdate {
  return { job: name, action, uri: 'file:///a', sequence, state, text: '', message: '' };
}

for (const end of ['done', 'stale', 'cancelled', 'failed'] as const) {
  test(`a job that is ${end} runs no more`, () => {
    const jobs = new RunningJobs();
    jobs.update(job('job-1', 1, 'running'));
    jobs.update(job('job-1', 2, end));
    assert.equal(jobs.count, 0);
  });
}

test('what runs is named once, and nothing runs when the server is gone', () => {
  const jobs = new RunningJobs();
  jobs.update(job('job-1', 1, 'running'));
  jobs.update(job('job-2', 1, 'running'));
  jobs.update(job('job-3', 1, 'running', 'translate'));
  assert.equal(jobs.label, 'Summarize, Translate');
  jobs.clear();
  assert.equal(jobs.count, 0);
});

const PREVIEWS: [path: string, job: string | undefined][] = [
  ['/job-7/Summarize.md', 'job-7'],
  ['/job-12/A title/with a slash.txt', 'job-12'],
  ['/job-x/Summarize.md', undefined],
  ['/elsewhere/job-1/x.md', undefined],
  ['/job-1', undefined],
];

for (const [path, expected] of PREVIEWS) {
  test(`the preview ${path} is of ${expected ?? 'no job'}`, () => {
    assert.equal(jobOf(path), expected);
  });
}
