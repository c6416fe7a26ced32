#pragma once

#include "lib/io/metadata.h"
#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// The tokenizer inside a GGUF file, from its keys ("tokenizer.ggml.tokens", "merges", ...), where
/// "tokenizer.ggml.model" must be "gpt2", which means byte-level BPE.
///   "tokenizer.ggml.pre"   gpt-2, phi-2, mpt: split "gpt2"; smollm, starcoder, refact, command-r:
///                          "smollm"; qwen2, deepseek-r1-qwen: "qwen2" and NFC; llama-bpe, llama3,
///                          llama-v3: "llama3" and ignore_merges; any other is an error
///   token types 3 and 4    added tokens; 3 (control) are special
///   add_bos_token missing  false, but true with the names of Llama 3
///   eos                    eos_token_id and eot_token_id
/// Errors (kBadFile): a key missing or of the wrong type, lists of different lengths, an id outside
/// the vocabulary, and those of fill_vocabulary.
TokenizerData read_gguf_tokenizer(const Metadata& metadata);

}  // namespace tokenwalk
