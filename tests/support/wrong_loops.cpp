#include "tests/support/wrong_loops.h"

#include <algorithm>
#include <functional>

namespace tokenwalk {
namespace {

std::vector<float> times(const Model& model, const Matrix& w, const std::vector<float>& x,
                         const std::vector<float>& bias = {}) {
  std::vector<float> y(w.n_out);
  model.kernels->matmul(w, x.data(), 1, y.data());
  if (!bias.empty()) model.kernels->add(y.data(), bias.data(), y.size());
  return y;
}

std::vector<float> normed(const Model& model, const std::vector<float>& weight,
                          std::vector<float> x) {
  if (weight.empty()) return x;
  model.kernels->rmsnorm(x.data(), weight, model.config.rms_eps, x.size() / weight.size(),
                         x.data());
  return x;
}

void add(const Model& model, std::vector<float>& x, const std::vector<float>& y) {
  model.kernels->add(x.data(), y.data(), x.size());
}

// How the logits after the newest token come about; all.back() is that token.
using NextLogits = std::function<std::vector<float>(KvCache& cache, const std::vector<int>& all)>;

// Which draw a token gets; `all` are the tokens before it.
using Place = std::function<std::size_t(const std::vector<int>& all)>;

// The loop of chapter 06 with the piece that is wrong as a parameter. It claims to have evaluated
// what the right one does, so that only its tokens can give it away.
Generated run_loop(const Model& model, std::span<const int> prompt, const GenerateOptions& options,
                   const NextLogits& next, const Place& place, bool sample_from_prefill = true) {
  check_generate(model.config, prompt, options);
  KvCache cache(model);
  Generated result;
  std::vector<int> all(prompt.begin(), prompt.end());
  std::vector<float> logits = prefill(model, cache, prompt);
  while (result.tokens.size() < static_cast<std::size_t>(options.max_new_tokens)) {
    if (all.size() == model.config.context) {
      result.finish = Finish::kContextFull;
      break;
    }
    if (!sample_from_prefill || !result.tokens.empty()) logits = next(cache, all);
    const int id = sample_at(logits, place(all), options);
    all.push_back(id);
    result.tokens.push_back(id);
    const bool go_on = !options.on_token || options.on_token(id);
    if (ends_text(model.config, id, result.tokens.size(), options, result.finish)) break;
    if (!go_on) {
      result.finish = Finish::kCallback;
      break;
    }
  }
  result.evaluated = prompt.size() + std::max<std::size_t>(result.tokens.size(), 1) - 1;
  return result;
}

std::size_t right_place(const std::vector<int>& all) {
  return all.size();
}

std::vector<float> feed(const Model& model, KvCache& cache, int id) {
  return prefill(model, cache, {&id, 1});
}

}  // namespace

std::vector<float> forward_turned(const Model& model, KvCache& cache, int id,
                                  std::size_t position) {
  const ModelConfig& c = model.config;
  const AttentionShape shape = c.attention;
  const std::size_t slot = cache.length();
  cache.reach(std::max(slot, position) + 1);
  const RotaryRow angles = cache.angles(position);
  std::vector<float> x(c.hidden);
  model.kernels->unpack_row(*model.embedding, static_cast<std::size_t>(id), x);
  for (std::size_t i = 0; i < c.n_layers; ++i) {
    const LayerWeights& layer = model.layers[i];
    const std::vector<float> h = normed(model, layer.attention_norm, x);
    std::vector<float> q = normed(model, layer.q_norm, times(model, *layer.q, h, layer.q_bias));
    std::vector<float> k = normed(model, layer.k_norm, times(model, *layer.k, h, layer.k_bias));
    const std::vector<float> v = times(model, *layer.v, h, layer.v_bias);
    model.kernels->rotate(q.data(), shape.n_heads, shape.head_dim, angles);
    model.kernels->rotate(k.data(), shape.n_kv_heads, shape.head_dim, angles);
    model.kernels->kv_write(cache.layer(i), slot, k.data(), v.data());
    std::vector<float> mixed(q.size());
    const AttendRow row = {q.data(), &cache.layer(i), slot, mixed.data()};
    model.kernels->attend(shape, {&row, 1});
    add(model, x, times(model, *layer.o, mixed, layer.o_bias));

    const std::vector<float> m = normed(model, layer.mlp_norm, x);
    std::vector<float> gate = times(model, *layer.gate, m, layer.gate_bias);
    const std::vector<float> up = times(model, *layer.up, m, layer.up_bias);
    model.kernels->silu_gate(gate.data(), up.data(), gate.size());
    add(model, x, times(model, *layer.down, gate, layer.down_bias));
  }
  cache.advance();
  return times(model, model.head(), normed(model, model.final_norm, x));
}

Generated loop_from_zero(const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options) {
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    return forward_turned(model, cache, all.back(), cache.length() - prompt.size());
  };
  return run_loop(model, prompt, options, next, right_place);
}

Generated loop_one_too_far(const Model& model, std::span<const int> prompt,
                           const GenerateOptions& options) {
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    return forward_turned(model, cache, all.back(), cache.length() + 1);
  };
  return run_loop(model, prompt, options, next, right_place);
}

Generated loop_last_twice(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options) {
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    return feed(model, cache, all.back());
  };
  return run_loop(model, prompt, options, next, right_place, false);
}

Generated loop_all_again(const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options) {
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    return prefill(model, cache, all);
  };
  return run_loop(model, prompt, options, next, right_place);
}

Generated loop_forgetting(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options) {
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    cache.truncate(0);
    return feed(model, cache, all.back());
  };
  return run_loop(model, prompt, options, next, right_place);
}

Generated loop_counting_draws(const Model& model, std::span<const int> prompt,
                              const GenerateOptions& options) {
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    return feed(model, cache, all.back());
  };
  const auto place = [&](const std::vector<int>& all) { return all.size() - prompt.size(); };
  return run_loop(model, prompt, options, next, place);
}

Generated loop_saving_nothing(const Model& model, std::span<const int> prompt,
                              const GenerateOptions& options) {
  std::size_t evaluated = prompt.size();
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    evaluated += all.size();
    cache.truncate(0);
    return prefill(model, cache, all);
  };
  Generated result = run_loop(model, prompt, options, next, right_place);
  result.evaluated = evaluated;
  return result;
}

}  // namespace tokenwalk
