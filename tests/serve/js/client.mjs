// What @huggingface/inference makes of a served engine: one JSON line a call. Run with the server's URL and the texts.
import { InferenceClient } from "@huggingface/inference";

const [base, texts] = [process.argv[2], JSON.parse(process.argv[3])];
const client = new InferenceClient();
const at = (path) => client.endpoint(base + path);

async function attempt(call, run) {
  let value;
  try {
    value = await run();
  } catch (error) {
    value = { error: error.message, body: error.httpResponse?.body };
  }
  console.log(JSON.stringify({ call, value }));
}

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event.choices[0].text);
  return events;
}

const spanish = { parameters: { src_lang: "en", tgt_lang: "es" } };
const generator = at("/models/embedded/longest-suffix");
await attempt("summarization", () => at("/models/embedded/extractive").summarization({ inputs: texts.article }));
await attempt("classification", () => at("/models/embedded/lexicon").textClassification({ inputs: "I love it" }));
await attempt("entities", () => at("/models/embedded/patterns").tokenClassification({ inputs: texts.letter }));
await attempt("translation", () => at("/models/embedded/memory").translation({ inputs: texts.known, ...spanish }));
await attempt("no translation", () => at("/models/embedded/memory").translation({ inputs: texts.unknown, ...spanish }));
await attempt("generation", () => generator.textGeneration({ inputs: texts.prompt }));
await attempt("stream", () => collect(generator.textGenerationStream({ inputs: texts.prompt })));
await attempt("tgi", () => at("").textGeneration({ inputs: texts.prompt, parameters: { max_new_tokens: 1 } }));
await attempt("chat", () => at("").chatCompletion({ messages: [{ role: "user", content: "hi" }] }));
await attempt("unsupported", () => at("/pipeline/fill-mask").fillMask({ inputs: "a [MASK]" }));
