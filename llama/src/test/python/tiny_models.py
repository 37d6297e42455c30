"""Writes ../resources/tiny/cases.json: tiny models of every family and spelling, and what transformers computes with them.

usage: tiny_models.py [CASE...]     (all cases by default; needs torch, transformers and safetensors)

A case is a configuration, a list of tensors and an outcome: logits and greedy tokens in float32, or words of the sentence
with which the model must be refused. Weights are not stored: both sides compute them from a tensor's name and an element's
index (see `numbers` here and TinyCases.java).
"""
import base64, json, os, shutil, sys, tempfile
import numpy, torch, transformers
from safetensors.torch import load_file, save_file

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "..", "resources", "tiny", "cases.json")
LENGTH, KEPT, GREEDY = 48, 4, 6
PROMPT = [(7 * i * i + 3 * i + 5) % 48 for i in range(LENGTH)]
BASE = dict(vocab_size=48, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
MASK = (1 << 64) - 1
TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64",
         torch.float8_e4m3fn: "F8_E4M3", torch.int32: "I32"}


def numbers(name, shape):
    """float32 numbers from -1 to 1, the mix of SplitMix64 at hash(name) + index, scaled by what the tensor is."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & MASK
    count = int(numpy.prod(shape))
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = z ^ (z >> numpy.uint64(31))
    unit = (z >> numpy.uint64(40)).astype(numpy.float32) * numpy.float32(2.0 ** -23) - numpy.float32(1)
    if "norm" in name:
        values = unit * numpy.float32(0.5) + numpy.float32(1)
    elif name.endswith("bias") or "embed" in name or "lm_head" in name:
        values = unit
    else:
        values = unit * numpy.float32(2.5 / shape[-1] ** 0.5)
    return torch.from_numpy(values.reshape(shape))


def old(c):
    """The spelling of transformers 4."""
    parameters = c.pop("rope_parameters", None)
    if parameters:
        theta = parameters.pop("rope_theta", None)
        if theta is not None:
            c["rope_theta"] = theta
        c["rope_scaling"] = None if parameters.get("rope_type", "default") == "default" else parameters
    if "dtype" in c:
        c["torch_dtype"] = c.pop("dtype")


def older(c):
    """The same before `type` was renamed to `rope_type`."""
    old(c)
    if c.get("rope_scaling"):
        c["rope_scaling"]["type"] = c["rope_scaling"].pop("rope_type")


def setting(**changes):
    return lambda c: c.update(changes)


def without(*keys):
    def edit(c):
        for key in keys:
            c.pop(key)
    return edit


def both(*edits):
    def edit(c):
        for each in edits:
            each(c)
    return edit


T = transformers
CASES = {}


def case(name, model, config, edit=None, dtype=torch.float32, tensors=None, shards=None, refused=None, length=LENGTH,
         warns=False, file=None, decodes=True):
    CASES[name] = dict(model=model, config=config, edit=edit, dtype=dtype, tensors=tensors, shards=shards,
                       refused=refused, length=length, warns=warns, file=file, decodes=decodes)


def llama(name, edit=None, dtype=torch.float32, config=None, **more):
    case(name, T.LlamaForCausalLM, T.LlamaConfig(**{**BASE, **(config or {})}), edit, dtype, **more)


def rope(kind, **parameters):
    return dict(rope_parameters=dict(rope_type=kind, **{"rope_theta": 10000.0, **parameters}))


LLAMA3 = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)
BF16, F16 = torch.bfloat16, torch.float16

llama("llama2-mha", config=dict(num_key_value_heads=4))
llama("llama2-mha-old", old, config=dict(num_key_value_heads=4))
llama("llama-gqa-bf16", dtype=BF16)
llama("llama-gqa-f16-old", old, F16)
llama("llama-tied", old, BF16, config=dict(tie_word_embeddings=True))
llama("llama-head-dim", config=dict(head_dim=16))
llama("llama-odd-sizes", config=dict(hidden_size=30, intermediate_size=37, head_dim=10, num_attention_heads=3,
                                     num_key_value_heads=1, vocab_size=51))
for spelling, edit in (("new", None), ("old", old), ("older", older)):
    llama("llama3-" + spelling, edit, BF16, rope("llama3", rope_theta=500000.0, **LLAMA3))
    llama("linear-" + spelling, edit, config=rope("linear", factor=4.0))
    llama("yarn-" + spelling, edit, config=rope("yarn", factor=4.0, original_max_position_embeddings=16))
    llama("dynamic-" + spelling, edit, config=rope("dynamic", factor=4.0))
llama("yarn-attention-factor", config=rope("yarn", factor=4.0, original_max_position_embeddings=16, attention_factor=1.3,
                                           beta_fast=16.0, beta_slow=2.0))
llama("yarn-mscale", config=rope("yarn", factor=4.0, original_max_position_embeddings=16, mscale=0.8, mscale_all_dim=0.5))
llama("dynamic-too-long", both(old, setting(max_position_embeddings=32)), config=rope("dynamic", factor=4.0),
      refused="dynamic RoPE scaling beyond it is not supported")
llama("llama3-original-at-root", both(old, lambda c: (c["rope_scaling"].pop("original_max_position_embeddings"),
                                                      c.update(original_max_position_embeddings=16))), BF16,
      rope("llama3", rope_theta=500000.0, **LLAMA3))
llama("rope-scaling-beside-parameters", setting(rope_scaling=dict(rope_type="llama3", **LLAMA3)), warns=True)
llama("rope-parameters-beside-null", setting(rope_scaling=None, rope_theta=20000.0),
      config=rope("llama3", rope_theta=500000.0, **LLAMA3))
llama("rope-theta-at-root", lambda c: (c["rope_parameters"].pop("rope_theta"), c.update(rope_theta=500000.0)))
llama("rope-theta-null", both(old, setting(rope_theta=None)), refused="rope_theta is null")
llama("rope-theta-null-at-root", setting(rope_theta=None))
llama("rope-without-type", both(old, setting(rope_scaling=dict(factor=4.0))), warns=True)
llama("rope-unknown", both(old, setting(rope_scaling=dict(rope_type="xpos", factor=4.0))), refused="of type 'xpos'")
llama("partial-without-meaning", setting(partial_rotary_factor=0.5), warns=True)
llama("no-theta-no-epsilon", without("rope_parameters", "rms_norm_eps"))
llama("epsilon-null", setting(rms_norm_eps=None), refused="rms_norm_eps is null")
llama("no-max-position", without("max_position_embeddings"))
llama("kv-heads-null", setting(num_key_value_heads=None), config=dict(num_key_value_heads=4))
llama("no-kv-heads", without("num_key_value_heads"), config=dict(num_key_value_heads=4))
llama("swish", setting(hidden_act="swish"))
llama("gelu-tanh", setting(hidden_act="gelu_pytorch_tanh"))
llama("gelu-exact", setting(hidden_act="gelu"), refused='hidden_act is "gelu"')
llama("attention-bias", config=dict(attention_bias=True))
llama("mlp-bias", dtype=BF16, config=dict(mlp_bias=True))
llama("bias-without-flag", setting(attention_bias=False), config=dict(attention_bias=True),
      refused="k_proj.bias' and 7 others are not read")
llama("bias-null", setting(attention_bias=None), refused="attention_bias is null")
llama("tie-word", setting(tie_word_embeddings="true"), refused='tie_word_embeddings is "true"')
llama("tie-number", setting(tie_word_embeddings=1), refused="tie_word_embeddings is 1")
llama("tied-with-another-head", setting(tie_word_embeddings=True), warns=True)
llama("untied-without-head", setting(tie_word_embeddings=False), config=dict(tie_word_embeddings=True),
      refused="tensor 'lm_head.weight' is missing")
llama("sharded", dtype=BF16, shards=3)
llama("mixed-types", tensors=lambda s: {
    **{k: (v if "norm" in k else v.half() if "mlp" in k else v.bfloat16()) for k, v in s.items()},
    "model.layers.0.self_attn.rotary_emb.inv_freq": torch.zeros(4)})
llama("float64", tensors=lambda s: {k: v.double() for k, v in s.items()}, refused="its dtype is F64")
llama("float8", tensors=lambda s: {k: v.to(torch.float8_e4m3fn) if "proj" in k else v for k, v in s.items()},
      refused="its dtype is F8_E4M3")
llama("gptq", setting(quantization_config=dict(quant_method="gptq", bits=4)),
      refused="the weights are quantised (quantization_config, gptq)")
llama("quantised-tensors", tensors=lambda s: {**s, "model.layers.0.self_attn.q_proj.qweight": torch.zeros(
    (4, 32), dtype=torch.int32)}, refused="the weights are quantised")
llama("no-prefix", tensors=lambda s: {k.removeprefix("model."): v for k, v in s.items() if "lm_head" not in k},
      config=dict(tie_word_embeddings=True), refused="lack the prefix 'model.'")
llama("pytorch-bin", file="pytorch_model.bin", refused="PyTorch's own format")
llama("unknown-key", setting(attention_sink_tokens=4), refused="nothing is known of the key attention_sink_tokens")
llama("unknown-type", setting(model_type="falcon"), refused='model_type is "falcon"')

M = lambda **k: T.MistralConfig(**{**BASE, **k})
case("mistral", T.MistralForCausalLM, M(sliding_window=None), None, BF16)
case("mistral-window-short", T.MistralForCausalLM, M(sliding_window=32), old, BF16, length=26)
case("mistral-window-exceeded", T.MistralForCausalLM, M(sliding_window=32), old, BF16, refused="attend to the last 32")
Q2 = lambda **k: T.Qwen2Config(**{**BASE, **k})
case("qwen2", T.Qwen2ForCausalLM, Q2(), None, BF16)
case("qwen25-tied-old", T.Qwen2ForCausalLM, Q2(tie_word_embeddings=True), both(old, setting(
    sliding_window=16, max_window_layers=1, use_sliding_window=False)), BF16)
case("qwen2-window", T.Qwen2ForCausalLM, Q2(use_sliding_window=True, sliding_window=32, max_window_layers=1), old, BF16,
     refused="attend to the last 32")
case("qwen2-window-of-no-layer", T.Qwen2ForCausalLM,
     Q2(use_sliding_window=True, sliding_window=32, max_window_layers=2), old, BF16)
Q3 = lambda **k: T.Qwen3Config(**{**BASE, "head_dim": 16, **k})
case("qwen3", T.Qwen3ForCausalLM, Q3(), None, BF16)
case("qwen3-tied-old", T.Qwen3ForCausalLM, Q3(tie_word_embeddings=True), old, BF16)
case("qwen3-yarn", T.Qwen3ForCausalLM, Q3(**rope("yarn", factor=4.0, original_max_position_embeddings=16)), old, BF16)
case("qwen3-moe", T.Qwen3MoeForCausalLM, T.Qwen3MoeConfig(**{**BASE, "head_dim": 16, "num_experts": 4,
     "num_experts_per_tok": 2, "moe_intermediate_size": 16}), None, BF16, refused='model_type is "qwen3_moe"')
P3 = lambda **k: T.Phi3Config(**{**BASE, **k})
LONG = dict(short_factor=[1.0, 1.1, 1.3, 1.5], long_factor=[1.0, 1.8, 3.0, 4.0])
case("phi3", T.Phi3ForCausalLM, P3(), None, BF16)
case("phi3-longrope-short", T.Phi3ForCausalLM, P3(original_max_position_embeddings=16, **rope("longrope", **LONG)), old,
     BF16, length=10)
case("phi3-longrope-long", T.Phi3ForCausalLM, P3(original_max_position_embeddings=16, **rope("longrope", **LONG)), None,
     BF16, decodes=False)
case("phi3-su", T.Phi3ForCausalLM, P3(original_max_position_embeddings=16, **rope("longrope", **LONG)),
     both(older, lambda c: c["rope_scaling"].update(type="su")), BF16, decodes=False)
case("phi3-partial", T.Phi3ForCausalLM, P3(rope_parameters=dict(
    rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)), None, BF16)
case("phi3-partial-old", T.Phi3ForCausalLM, P3(rope_parameters=dict(
    rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)),
     lambda c: (c.update(partial_rotary_factor=c["rope_parameters"].pop("partial_rotary_factor")), old(c)), BF16)
S3 = lambda **k: T.SmolLM3Config(**{**BASE, "num_hidden_layers": 4, **k})
case("smollm3", T.SmolLM3ForCausalLM, S3(), None, BF16)
case("smollm3-listed-old", T.SmolLM3ForCausalLM, S3(no_rope_layers=[1, 0, 1, 1]), old, BF16)
case("smollm3-interval", T.SmolLM3ForCausalLM, S3(no_rope_layer_interval=2), without("no_rope_layers"), BF16)
case("granite", T.GraniteForCausalLM, T.GraniteConfig(**{**BASE, "embedding_multiplier": 12.0,
     "residual_multiplier": 0.22, "logits_scaling": 8.0, "attention_multiplier": 0.0625}), None, BF16)
case("olmo2", T.Olmo2ForCausalLM, T.Olmo2Config(**BASE), None, BF16)
case("olmo2-old", T.Olmo2ForCausalLM, T.Olmo2Config(**BASE), old, BF16)
G2 = lambda **k: T.Gemma2Config(**{**BASE, "head_dim": 16, "sliding_window": 64, **k})
case("gemma2", T.Gemma2ForCausalLM, G2(), None, BF16, refused="attn_logit_softcapping is 50.0: soft caps")
case("gemma2-missing-caps", T.Gemma2ForCausalLM, G2(), without("attn_logit_softcapping"), BF16, refused="soft cap")
case("gemma2-without-caps", T.Gemma2ForCausalLM, G2(attn_logit_softcapping=None, final_logit_softcapping=None), None, BF16)
G3 = lambda **k: T.Gemma3TextConfig(**{**BASE, "head_dim": 16, "sliding_window": 64,
                                       "layer_types": ["sliding_attention", "full_attention"], **k})
case("gemma3", T.Gemma3ForCausalLM, G3(), None, BF16)
case("gemma3-pre-attention", T.Gemma3ForCausalLM, G3(query_pre_attn_scalar=24), None, BF16)


def gemma3_old(c):
    parameters = c.pop("rope_parameters")
    c["rope_theta"] = parameters["full_attention"]["rope_theta"]
    c["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
    c["rope_scaling"] = dict(rope_type="linear", factor=4.0)
    c.pop("layer_types")
    c["sliding_window_pattern"] = 2


case("gemma3-old-scaled", T.Gemma3ForCausalLM, G3(), gemma3_old, BF16)
case("gemma3-window", T.Gemma3ForCausalLM, G3(sliding_window=16), None, BF16, refused="attend to the last 16")


def compute(directory, length, decodes):
    model = T.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager").eval()
    ids = torch.tensor([PROMPT[:length]])
    with torch.no_grad():
        logits = model(ids).logits[0].float()
        tokens = []
        for _ in range(GREEDY):
            if ids.shape[1] >= LENGTH + GREEDY or not decodes and tokens:
                break
            token = int(model(ids).logits[0, -1].argmax())
            tokens.append(token)
            ids = torch.cat([ids, torch.tensor([[token]])], 1)
    return logits[-KEPT:].numpy().astype("<f4"), tokens


def make(name, c):
    directory = tempfile.mkdtemp()
    try:
        torch.manual_seed(0)
        model = c["model"](c["config"])
        with torch.no_grad():
            for tensor, parameter in model.named_parameters():
                parameter.copy_(numbers(tensor, tuple(parameter.shape)))
        model.to(c["dtype"]).save_pretrained(directory)
        path = directory + "/config.json"
        config = json.load(open(path))
        if c["edit"]:
            c["edit"](config)
            json.dump(config, open(path, "w"))
        state = load_file(directory + "/model.safetensors")
        if c["tensors"]:
            state = c["tensors"](state)
            save_file(state, directory + "/model.safetensors", metadata={"format": "pt"})
        result = dict(name=name, config=config,
                      tensors=[f"{k} {TYPES[v.dtype]} {'x'.join(map(str, v.shape))}" for k, v in state.items()])
        for key in ("shards", "file"):
            if c[key]:
                result[key] = c[key]
        if c["length"] != LENGTH:
            result["length"] = c["length"]
        if c["refused"]:
            result["refused"] = c["refused"]
        else:
            logits, tokens = compute(directory, c["length"], c["decodes"])
            result.update(logits=base64.b64encode(logits.tobytes()).decode(), greedy=tokens)
            if c["warns"]:
                result["warns"] = True
            if not c["decodes"]:
                result["decodes"] = False
        return result
    finally:
        shutil.rmtree(directory)


def main(wanted):
    torch.set_num_threads(1)
    results = []
    for name, c in CASES.items():
        if wanted and name not in wanted:
            continue
        try:
            results.append(make(name, c))
            print("ok", name, results[-1].get("greedy", "refused"))
        except Exception as error:
            print("FAILED", name, repr(error)[:300])
    if not wanted:
        with open(TARGET, "w") as file:
            file.write("[\n" + ",\n".join(json.dumps(each, separators=(",", ":")) for each in results) + "\n]\n")


main(sys.argv[1:])
