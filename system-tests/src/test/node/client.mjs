// Makes one call with the official SDK and prints what it made of the answer:
// node client.mjs '{"baseURL","apiKey","method":"chat.completions.create","arguments":[...],"options":{...}}'
import OpenAI from 'openai';

const asked = JSON.parse(process.argv[2]);
let requests = 0;
const client = new OpenAI({
  baseURL: asked.baseURL,
  apiKey: asked.apiKey,
  ...asked.options,
  fetch: (url, init) => {
    requests++;
    return fetch(url, init);
  },
});
const seen = { items: [] };
try {
  const path = asked.method.split('.');
  const name = path.pop();
  const resource = path.reduce((parent, part) => parent[part], client);
  const answer = await resource[name](...asked.arguments);
  if (typeof answer[Symbol.asyncIterator] === 'function') {
    for await (const item of answer) seen.items.push(item);
  } else {
    seen.answer = answer;
  }
} catch (error) {
  seen.error = {
    name: error.constructor.name,
    isApiError: error instanceof OpenAI.APIError,
    status: error.status ?? null,
    code: error.code ?? null,
    type: error.type ?? null,
    message: error.message,
  };
}
console.log(JSON.stringify({ ...seen, requests }));
