#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/io/metadata.h"
#include "lib/model/config.h"

namespace tokenwalk {

// What the readers of config.json and of GGUF's keys share. All throw Error(kBadFile) that names
// the file, the key, what was found and what was expected.

[[noreturn]] void fail_config(const Metadata& metadata, const std::string& message,
                              const std::string& found, const std::string& expected);

/// A size from 1 to 2^24, far beyond any real model, so that products of sizes do not overflow.
std::size_t check_size(const Metadata& metadata, const std::string& key, std::int64_t value);
std::size_t get_size(const Metadata& metadata, const std::string& key);
std::size_t get_size(const Metadata& metadata, const std::string& key, std::size_t fallback);

/// A number of layers from 1 to 16,384.
std::size_t get_layers(const Metadata& metadata, const std::string& key);

/// head_dim, or hidden / heads where the file does not give it.
std::size_t get_head_dim(const Metadata& metadata, const std::string& key, const ModelConfig& c);

/// A list of ids below vocab; none if the key is missing.
std::vector<int> get_ids(const Metadata& metadata, const std::string& key, std::size_t vocab);

/// Rules that every configuration keeps, wherever it came from.
void check_config(const Metadata& metadata, const ModelConfig& c);

}  // namespace tokenwalk
