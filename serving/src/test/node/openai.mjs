// OpenAI's own client against a running server: npm install openai && node openai.mjs http://127.0.0.1:8080
// Ends with 1 if a streamed answer is not the whole one, or if an error is not the one expected.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2] ?? "http://127.0.0.1:8080"}/v1`, apiKey: "none", maxRetries: 0 });

function check(what, holds) {
  console.log(`${holds ? "ok" : "WRONG"}: ${what}`);
  process.exitCode = holds ? process.exitCode : 1;
}

const [model] = (await client.models.list()).data;
const ask = { model: model.id, prompt: "In the beginning", max_tokens: 24, temperature: 0 };
const whole = await client.completions.create(ask);
check(`${whole.usage.completion_tokens} tokens: ${JSON.stringify(whole.choices[0].text)}`, whole.usage.completion_tokens === 24);

let streamed = "";
let usage;
for await (const part of await client.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })) {
  streamed += part.choices[0]?.text ?? "";
  usage = part.usage ?? usage;
}
check("a stream has the same text and as many tokens", streamed === whole.choices[0].text && usage.completion_tokens === 24);

const many = await Promise.all(Array.from({ length: 8 }, () => client.completions.create(ask)));
check("eight at a time have the same text", many.every((one) => one.choices[0].text === whole.choices[0].text));

const wrong = await client.completions.create({ ...ask, model: "no such model" }).catch((error) => error);
check(`an unknown model: ${wrong.message}`, wrong instanceof OpenAI.NotFoundError);

const tooMany = await client.completions.create({ ...ask, max_tokens: 1e9 }).catch((error) => error);
check(`too many tokens: ${tooMany.message}`, tooMany instanceof OpenAI.BadRequestError);

const controller = new AbortController();
const left = await client.completions.create({ ...ask, max_tokens: 1000, stream: true }, { signal: controller.signal });
for await (const _ of left) {
  controller.abort();
  break;
}
check("it answers after a client has left", (await client.completions.create(ask)).choices[0].text === whole.choices[0].text);
