// @huggingface/inference on the streams of client_streams.py: node client_streams_peer.mjs URL FORM PACKAGE
// PACKAGE is the package's entry file. Reads one stream for each line of standard input, and prints one line of JSON:
// {events, seconds, cpu}.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [url, form, entry] = process.argv.slice(2);
const { InferenceClient } = await import(pathToFileURL(entry).href);
const streams = {
  tgi: () => new InferenceClient(undefined, { endpointUrl: `${url}/tgi` }).textGenerationStream({ inputs: "p" }),
  chat: () =>
    new InferenceClient(undefined, { endpointUrl: `${url}/v1` }).chatCompletionStream({
      model: "m",
      messages: [{ role: "user", content: "p" }],
    }),
};

for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  let events = 0;
  for await (const event of streams[form]()) if (event) events += 1;
  const spent = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ events, seconds, cpu: (spent.user + spent.system) / 1e6 }));
}
