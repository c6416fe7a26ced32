#pragma once

#include "lib/io/output_folder.h"
#include "tools/tokenwalk/convert_source.h"

namespace tokenwalk {

/// Writes everything of a model folder but the weights: config.json, generation_config.json,
/// tokenizer.json and tokenizer_config.json. From a folder they are copied, config.json with the
/// new dtype ("float32" or "bfloat16"); from a GGUF file they are made of its keys.
/// Throws Error(kBadFile) for a tokenizer that tokenizer.json cannot hold, and for full disks.
void write_folder_files(const ConvertSource& source, const std::string& dtype,
                        const OutputFolder& out);

}  // namespace tokenwalk
