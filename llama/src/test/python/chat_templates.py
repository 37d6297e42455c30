"""Makes templates and what Jinja renders them to, in the environment that transformers has for chat templates.

usage: chat_templates.py [COUNT]    (writes ../resources/templates.json; needs `jinja2`)
       chat_templates.py COUNT FILE (writes so many random ones to a file, for a longer check)

Where `expected` is null, Jinja refuses the template; what is `required` must be rendered. A random template is kept if Jinja gives it a text that does not
depend on the machine.
"""
import json
import pathlib
import random
import sys
import warnings

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

warnings.simplefilter("ignore")
OUT = pathlib.Path(__file__).parent.parent / "resources" / "templates.json"
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "  Hi there\n"},
    {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHello!"},
    {"role": "user", "content": "naïve 🙂 {{ x }} {% if %}", "extra": None},
]
HAND_MADE = [
    # What real templates do: roles in turn, blanks of blocks, the system's text before the first user's, thoughts cut off.
    "{{ bos_token }}{% for m in messages[1:] %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must take turns') }}{% endif %}{{ '<turn>' + m['role'] + '\n' + m['content'] | trim }}"
    "{{ '</turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<turn>model\n' }}{% endif %}",
    "{%- if messages[0].role == 'system' %}\n    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}\n"
    "{%- endif %}\n{%- set ns = namespace(last=messages|length - 1, open=true) %}\n{%- for m in messages[::-1] %}\n"
    "    {%- set index = (messages|length - 1) - loop.index0 %}\n    {%- if ns.open and m.role == 'user' %}\n"
    "        {%- set ns.open = false %}\n        {%- set ns.last = index %}\n    {%- endif %}\n{%- endfor %}\n"
    "{%- for m in messages %}\n    {%- if m.role == 'assistant' and '</think>' in m.content %}\n"
    "        {%- set text = m.content.split('</think>')[-1].lstrip('\\n') %}\n"
    "        {%- set thought = m.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}\n"
    "        {{- thought.strip('\\n') + '|' + text }}\n    {%- elif not loop.first %}\n        {{- m.content }}\n"
    "    {%- endif %}\n    {%- if m.tool_calls %}{{- m.tool_calls | tojson }}{%- endif %}\n{%- endfor %}\n",
    "{% if messages[0]['role'] == 'system' %}{% set prefix = messages[0]['content'] + '\n\n' %}{% set rest = messages[1:] %}"
    "{% else %}{% set prefix = '' %}{% set rest = messages %}{% endif %}{% for m in rest %}"
    "{{ (prefix if loop.first else '') + m.content }}{% if not loop.last %}{{ eos_token }}{% endif %}{% endfor %}",
    "{%- set users = messages | selectattr('role', 'equalto', 'user') | list %}{{ users | length }}{{ users[-1].content }}",
    "{% for m in messages %}{% if loop.first %}{% set x = 'A' %}{% endif %}[{{ x }}]{% endfor %}",
    "{% set x = 1 %}{% for m in messages %}{{ x }}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}",
    "{{ 'a' + messages[0].nothing }}",
    "[{{ messages[0].nothing }}][{{ nothing }}]",
    "{{ nothing.foo }}",
    "{{ tools }}|{{ true }}|{{ True }}|{{ none }}",
    "{{ 'a' ~ 1 }}{{ 5 // 2 }}{{ -5 % 3 }}{{ 1 == '1' }}",
    "{{ 'abcdef'[1:-1] }}{{ messages[1:]|length }}{{ messages[-1].role }}{{ messages[:-1]|length }}",
    "{{ not 'a' in 'abc' }}{{ 'z' not in 'abc' }}{{ 'x' + ' y ' | trim + 'z' }}",
    "{{ 1 < 2 < 3 }}{{ 1 < 2 and 2 < 3 or false }}{{ 'a' and 'b' }}{{ '' or 'c' }}",
    "  {% if true %}\n  a\n  {%- endif %}\n\n  b {{- 'c' -}}  \n d\n{# com #}\n{%+ if true %} e{% endif %}\n",
    "{{ 'a\\nb' }}{{ \"q\\\"q\" }}{{ 'it\\'s' }}{{ '\\u00e9\\x41\\q' }}{{ 'a' 'b' }}",
    "{{ x is defined }}{{ tools is none }}{{ 'a' is string }}{{ messages is iterable }}{{ messages[0] is mapping }}",
    "{% set x %}abc{{ 1 }}{% endset %}[{{ x }}]",
    "{% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for m in messages %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }};{% endfor %}{{ m }}",
    "{% for m in messages if m.role == 'user' %}{{ loop.index }}{% else %}none{% endfor %}",
    "{% for m in messages if m.role == 'tool' %}{{ loop.index }}{% else %}none{% endfor %}",
    "{{ raise_exception('bad') }}",
    "{{ messages[0].get('role') }}{{ messages[0].get('zz', 'd') }}{{ zz | default('d') }}{{ '' | default('d', true) }}",
    "{{ 'aXbX' | replace('X', '-') }}{{ 'aXbX'.replace('X','') }}{{ ['a','b'] | join(', ') }}",
    "{{ {'a': [1, 'é<\"', none, true]} | tojson }}",
    "{% for m in messages %}{% if m.role == 'user' %}{% break %}{% endif %}{{ m.role }}{% endfor %}",
    "{% if messages | selectattr('role', 'equalto', 'tool') %}lazy is true{% endif %}",
]
# What is refused here, whatever Jinja says.
REFUSED = [
    "{% macro f(a) %}<{{ a }}>{% endmacro %}{{ f('1') }}",
    "{{ 7 / 2 }}",
    "{{ messages }}",
    "{% raw %}{{ x }}{% endraw %}",
    "{{ '%s' % 'a' }}",
    "{{ 2 ** 3 }}",
    "{% include 'x' %}",
    "{{ 'a' | unknown }}",
    "{{ 'a' is unknown }}",
    "{{ 'a'.title() }}",
]

environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
)
environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


environment.globals["raise_exception"] = raise_exception
source = random.Random(7)

BLANKS = ["", "", " ", "\n", "  ", "\n\n", " \n", "\n  ", "\t", "a", "b c", " x\n", "\u00a0", "é\n"]
ATOMS = [
    "'a'", "' b '", "''", "1", "0", "3", "-2", "true", "false", "none", "messages", "messages[0]", "messages[1].content",
    "messages[-1]", "messages[0].role", "nothing", "bos_token", "x", "y", "messages|length", "[1,2]", "['a']", "{'k':'v'}",
    "{}", "[]", "messages[1:]", "'abc'[1:]", "'abc'[::-1]", "messages[::-1]", "messages[0]['content']", "messages[3].extra",
    "messages[9]", "'x,y'.split(',')",
]
FILTERS = [
    "trim", "length", "upper", "lower", "first", "last", "string", "list", "default('d')", "default('d',true)", "join('-')",
    "replace('a','z')", "reverse", "tojson", "count", "trim('b')", "selectattr('role','equalto','user')|list|length",
    "map(attribute='role')|join(',')",
]
TESTS = [
    "defined", "none", "string", "mapping", "iterable", "number", "boolean", "true", "false", "undefined", "integer",
    "sequence", "eq 1", "odd",
]
AFTER = [
    ".strip()", ".split()[0]", ".upper()", ".startswith('a')", "[0]", "[-1]", "[1:]", "[:-1]", ".lstrip('ab')", ".rstrip()",
    "['role']", ".role", ".get('role')", ".items()|list|length", "[:2]", "[5:1:-2]", "[-3:-1]", ".split('b')[-1]",
    ".endswith('b')", ".replace('a','')",
]


def begin():
    return "{%" + source.choice(["", "", "-", "+"]) + source.choice([" ", "", "  "])


def end():
    return source.choice([" ", "", " \n"]) + source.choice(["", "", "-", "+"]) + "%}"


def tag(text):
    return begin() + text + end()


def printed(text):
    return "{{" + source.choice(["", "-"]) + " " + text + " " + source.choice(["", "-"]) + "}}"


def expression(depth=0):
    kind = source.random()
    if depth > 2 or kind < 0.25:
        return source.choice(ATOMS)
    inner = expression(depth + 1)
    if kind < 0.35:
        return f"{inner} {source.choice(['==', '!=', '<', '>', 'in', 'not in', '<=', '>='])} {expression(depth + 1)}"
    if kind < 0.45:
        return f"{inner} {source.choice(['and', 'or'])} {expression(depth + 1)}"
    if kind < 0.5:
        return f"not {inner}"
    if kind < 0.62:
        return f"{inner} {source.choice(['+', '-', '*', '~', '//', '%', '~', '+'])} {expression(depth + 1)}"
    if kind < 0.72:
        return f"{inner} | {source.choice(FILTERS)}"
    if kind < 0.8:
        return f"{inner} is {source.choice(['', 'not '])}{source.choice(TESTS)}"
    if kind < 0.86:
        return f"({inner})"
    if kind < 0.92:
        return f"{inner} if {expression(depth + 1)} else {expression(depth + 1)}"
    if kind < 0.96:
        return f"({inner}){source.choice(AFTER)}"
    return f"{inner} if {expression(depth + 1)}"


def body(depth=0):
    text = ""
    for _ in range(source.randint(1, 4)):
        kind = source.random()
        text += source.choice(BLANKS)
        if depth < 3 and kind < 0.2:
            text += tag("if " + expression(1)) + body(depth + 1)
            if source.random() < 0.3:
                text += tag("elif " + expression(1)) + body(depth + 1)
            if source.random() < 0.5:
                text += tag("else") + body(depth + 1)
            text += tag("endif")
        elif depth < 3 and kind < 0.4:
            elements = ["messages", "messages[1:]", "messages[::-1]", "[1,2,3]", "'ab'", "messages[0].items()", "nothing"]
            condition = " if " + expression(1) if source.random() < 0.2 else ""
            text += tag(f"for {source.choice(['m', 'x', 'y'])} in {source.choice(elements)}{condition}") + body(depth + 1)
            if source.random() < 0.7:
                text += printed(source.choice(["loop.index", "loop.last", "loop.first", "m.role", "x", "y", "loop.revindex"]))
            if source.random() < 0.1:
                text += tag(source.choice(["break", "continue"]))
            text += body(depth + 1)
            if source.random() < 0.1:
                text += tag("else") + body(depth + 1)
            text += tag("endfor")
        elif kind < 0.5:
            text += tag(f"set {source.choice(['x', 'y', 'ns.a'])} = {expression(1)}")
        elif kind < 0.55:
            text += tag("set x") + body(3) + tag("endset")
        elif kind < 0.62:
            signs = ["", "-", "+"]
            text += "{#" + source.choice(signs) + source.choice([" c ", "", "\n x \n"]) + source.choice(signs) + "#}"
        else:
            text += printed(expression())
    return text + source.choice(BLANKS)


def case(template):
    try:
        expected = environment.from_string(template).render(
            messages=MESSAGES, tools=None, documents=None, add_generation_prompt=True, bos_token="<s>", eos_token="</s>"
        )
    except Exception:  # whatever it is, Jinja does not render this
        expected = None
    return {"template": template, "expected": expected}


count = int(sys.argv[1]) if len(sys.argv) > 1 else 250
out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
cases = [{**case(template), "required": True} for template in HAND_MADE] + [case(template) for template in REFUSED]
while len(cases) < len(HAND_MADE) + len(REFUSED) + count:
    made = case(("{% set ns = namespace(a=1) %}" if source.random() < 0.3 else "") + body())
    if made["expected"] is None and source.random() < 0.9:
        continue
    if made["expected"] is None or (" object at 0x" not in made["expected"] and len(made["expected"]) < 2000):
        cases.append(made)
lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in cases)
messages = json.dumps(MESSAGES, ensure_ascii=False)
out.write_text(f'{{"messages": {messages}, "cases": [\n{lines}\n]}}\n', encoding="utf-8")
