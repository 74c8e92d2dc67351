// @huggingface/inference on the streams of client_streams.py: node client_streams_peer.mjs URL FORM ROUNDS PACKAGE
// PACKAGE is the package's entry file. Prints one JSON line a round: {events, seconds, cpu}. The first round warms up.
import { pathToFileURL } from "node:url";

const [url, form, rounds, entry] = process.argv.slice(2);
const { InferenceClient } = await import(pathToFileURL(entry).href);
const streams = {
  tgi: () => new InferenceClient(undefined, { endpointUrl: `${url}/tgi` }).textGenerationStream({ inputs: "p" }),
  chat: () =>
    new InferenceClient(undefined, { endpointUrl: `${url}/v1` }).chatCompletionStream({
      model: "m",
      messages: [{ role: "user", content: "p" }],
    }),
};

for (let round = 0; round <= Number(rounds); round++) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  let events = 0;
  for await (const event of streams[form]()) if (event) events += 1;
  const spent = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  if (round) console.log(JSON.stringify({ events, seconds, cpu: (spent.user + spent.system) / 1e6 }));
}
