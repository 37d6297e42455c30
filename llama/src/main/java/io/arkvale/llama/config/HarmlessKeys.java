package io.arkvale.llama.config;

import java.util.Set;

/** Keys of configurations that do not change what a forward pass computes. */
final class HarmlessKeys {

    private HarmlessKeys() {}

    /** Of origin, training, generation and other libraries; the names are those that transformers writes or has written. */
    static final Set<String> ALL = Set.of(
            // Origin.
            "architectures",
            "attn_implementation",
            "auto_map",
            "transformers_version",
            "torch_dtype",
            "dtype",
            "unsloth_version",
            "unsloth_fixed",
            "transformers.js_config",
            "is_llama_config",
            "cache_implementation",
            // Training.
            "attention_dropout",
            "resid_pdrop",
            "embd_pdrop",
            "hidden_dropout",
            "initializer_range",
            "use_cache",
            "gradient_checkpointing",
            "pretraining_tp",
            "problem_type",
            "id2label",
            "label2id",
            "chunk_size_feed_forward",
            "output_attentions",
            "output_hidden_states",
            "output_scores",
            "return_dict",
            "return_dict_in_generate",
            "torchscript",
            "tf_legacy_loss",
            "use_bfloat16",
            "tokenizer_class",
            "finetuning_task",
            "task_specific_params",
            // Generation.
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "sep_token_id",
            "decoder_start_token_id",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "begin_suppress_tokens",
            "suppress_tokens",
            "bad_words_ids",
            "do_sample",
            "temperature",
            "top_k",
            "top_p",
            "typical_p",
            "repetition_penalty",
            "length_penalty",
            "diversity_penalty",
            "encoder_no_repeat_ngram_size",
            "no_repeat_ngram_size",
            "exponential_decay_length_penalty",
            "early_stopping",
            "max_length",
            "max_new_tokens",
            "min_length",
            "num_beams",
            "num_beam_groups",
            "num_return_sequences",
            "prefix");
}
