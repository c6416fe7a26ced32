#pragma once

#include <string>

#include "lib/model/model.h"

namespace tokenwalk {

/// The shape of a published model: "smollm2-135m", "qwen3-0.6b" or "llama-3.2-1b" (from their
/// config.json). Throws Error(kBadValue) for another name.
ModelConfig named_shape(const std::string& name);

/// A model of that shape with random weights of a trained model's size, the same every time: it
/// says nothing, and costs what the published one costs.
Model random_model(const ModelConfig& config, const KernelSet& kernels,
                   const ModelOptions& options = {});

}  // namespace tokenwalk
