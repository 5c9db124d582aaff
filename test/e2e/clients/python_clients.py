"""Python's clients of OpenAI and Anthropic, unchanged but for their base URL; says in JSON what they got."""

import json
import sys

import anthropic
import openai

url = sys.argv[1]
prompt = "What is 17 * 23?"
weather = "What is the weather in \"Paris\"?"
schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
got = {}

oai = openai.OpenAI(base_url=f"{url}/v1", api_key="any")
chat = [{"role": "user", "content": prompt}]
got["chat"] = oai.chat.completions.create(model="auto", messages=chat).choices[0].message.content
got["chat stream"] = "".join(
    chunk.choices[0].delta.content or ""
    for chunk in oai.chat.completions.create(model="auto", messages=chat, stream=True)
    if chunk.choices
)
first = oai.responses.create(model="auto", input=prompt)
got["response"] = first.output_text
got["response that goes on"] = oai.responses.create(
    model="auto", input="What is 20 * 20?", previous_response_id=first.id
).output_text
with oai.responses.stream(model="auto", input=prompt) as stream:
    got["response stream"] = "".join(
        event.delta for event in stream if event.type == "response.output_text.delta"
    )
called = oai.chat.completions.create(
    model="auto",
    messages=[{"role": "user", "content": weather}],
    tools=[{"type": "function", "function": {"name": "get_weather", "parameters": schema}}],
)
got["tool"] = json.loads(called.choices[0].message.tool_calls[0].function.arguments)

claude = anthropic.Anthropic(base_url=url, api_key="any")
got["message"] = claude.messages.create(model="auto", max_tokens=200, messages=chat).content[0].text
with claude.messages.stream(model="auto", max_tokens=200, messages=chat) as stream:
    got["message stream"] = "".join(stream.text_stream)
got["tokens"] = claude.messages.count_tokens(model="auto", messages=chat).input_tokens
use = claude.messages.create(
    model="auto",
    max_tokens=200,
    messages=[{"role": "user", "content": weather}],
    tools=[{"name": "get_weather", "input_schema": schema}],
)
got["tool use"] = next(block.input for block in use.content if block.type == "tool_use")
try:
    claude.messages.create(model="nope", max_tokens=9, messages=chat)
except anthropic.NotFoundError as error:
    got["error"] = error.body["error"]["message"]

print(json.dumps(got))
