#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "chapters/07_sessions/session.h"
#include "tests/support/machines.h"
#include "tests/support/runs.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {

// A session and the text that it must hold.
struct Text {
  Session session;
  std::vector<int> ids;
};

// K and V of all layers, [n_layers, cached, 2, kv_size], as run_full orders them.
inline std::vector<float> kv_of(const Session& session) {
  std::vector<float> kv;
  for (std::size_t i = 0; i < session.model().config.n_layers; ++i) {
    append_kv(session.model(), session.cache().layer(i), session.cached(), kv);
  }
  return kv;
}

// What the invariants I1 to I3 say of a session, with all numbers from one full pass. "" if so.
inline std::string find_fault(const Text& text) {
  const Session& s = text.session;
  const ModelConfig& config = s.model().config;
  if (s.tokens() != text.ids) return "tokens() are not the text";
  if (s.cached() > text.ids.size()) return "more is cached than there is text";
  if (s.pending() > 1) return "more than one id is pending";
  if (s.logits().empty() != (s.pending() == 1 || text.ids.empty())) {
    return "logits must be there exactly if nothing is pending";
  }
  if (s.cached() == 0) return "";
  const RunResult full = run_full(s.model(), std::span(text.ids).first(s.cached()));
  const std::string kv =
      describe_difference("K and V", config.attention.kv_size(), full.kv, kv_of(s));
  if (!kv.empty() || s.logits().empty()) return kv;
  return describe_difference("logits", config.vocab, std::span(full.logits).last(config.vocab),
                             s.logits());
}

/// A session on a small model with a context of 30, with the reference kernels and one thread.
class SessionTest : public testing::Test {
 protected:
  ThreadPool pool_{1};
  std::unique_ptr<KernelSet> kernels_ = reference_kernel_set(pool_);
  Model model_ = TinyRandomModel({.hidden = 24, .vocab = 60, .context = 30}).build(*kernels_);
  Session session_{model_};

  static GenerateOptions tokens(int n) { return greedy_options(n); }
};

}  // namespace tokenwalk
