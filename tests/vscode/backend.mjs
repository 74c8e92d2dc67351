// The far side of the wire: an OpenAI-compatible server on loopback that writes what it is told, as fast as it is told.
//
// Knows `POST /v1/completions` with and without a stream, and `GET /v1/models`. Keeps what it was sent, so that a test can look.

import http from 'node:http';

export async function startBackend() {
  const backend = new Backend();
  await new Promise((resolve) => backend.server.listen(0, '127.0.0.1', resolve));
  return backend;
}

class Backend {
  /** Every request: { path, headers, body, firstAt: when its first piece was written, ended: 'whole', 'cut' or not yet }. */
  requests = [];
  /** What is written: { pieces, every: milliseconds between two, status }; or a function of the request's body. */
  script = { pieces: [' text'], every: 0 };
  server = http.createServer((request, response) => void this.serve(request, response));

  get url() {
    return `http://127.0.0.1:${this.server.address().port}/v1`;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** The first request that satisfies, now or later. */
  async until(satisfies, timeout = 20_000) {
    for (const end = Date.now() + timeout; ;) {
      const found = this.requests.find(satisfies);
      if (found) return found;
      if (Date.now() > end)
        throw new Error(
          `no such request among ${JSON.stringify(this.requests.map(({ path, ended }) => ({ path, ended })))}`,
        );
      await pause(10);
    }
  }

  async serve(request, response) {
    let body = '';
    for await (const chunk of request) body += chunk;
    const entry = { path: request.url, headers: request.headers, body: body && JSON.parse(body) };
    this.requests.push(entry);
    response.on('close', () => (entry.ended ??= response.writableFinished ? 'whole' : 'cut'));
    if (request.url.endsWith('/models')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: MODELS.map((id) => ({ id, object: 'model' })) }));
      return;
    }
    const script = typeof this.script === 'function' ? this.script(entry.body) : this.script;
    const { pieces, every, status = 200 } = script;
    if (status !== 200) {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: `the script says ${status}` } }));
      return;
    }
    if (!entry.body.stream) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: '1',
          object: 'text_completion',
          choices: [{ index: 0, text: pieces.join(''), finish_reason: 'stop' }],
        }),
      );
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) {
      if (response.destroyed) return;
      entry.firstAt ??= Date.now();
      response.write(
        `data: ${JSON.stringify({ id: '1', object: 'text_completion', choices: [{ index: 0, text: piece, finish_reason: null }] })}\n\n`,
      );
      if (every) await pause(every);
    }
    response.end(
      'data: {"id":"1","object":"text_completion","choices":[{"index":0,"text":"","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    );
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Pieces that never end, and never repeat: what goes in circles is cut by the server. */
export const endless = (word) => ({
  pieces: Array.from({ length: 5000 }, (_, index) => ` ${word}${index}`),
  every: 50,
});

export const MODELS = ['a-model', 'another-model'];
