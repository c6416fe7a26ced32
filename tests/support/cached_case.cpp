#include "tests/support/cached_case.h"

#include <algorithm>
#include <ostream>
#include <span>

#include "chapters/06_cached_generate/forward_cached.h"
#include "chapters/06_cached_generate/proof.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/runs.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kAll = 1000000;

const Action kFeedAll = {Action::kFeed, {kAll, kAll, kAll}};

std::vector<std::vector<int>> ids_of(const CachedCase& test) {
  std::vector<std::vector<int>> sequences = test.sequences;
  for (std::vector<int>& ids : sequences) {
    for (int& id : ids) id %= static_cast<int>(test.spec.vocab);
  }
  return sequences;
}

std::size_t longest(const std::vector<std::vector<int>>& sequences) {
  std::size_t n = 0;
  for (const std::vector<int>& ids : sequences) n = std::max(n, ids.size());
  return n;
}

// Feeds sequences to caches and compares everything that comes out.
class Feeder {
 public:
  Feeder(const Model& model, const std::vector<std::vector<int>>& sequences,
         const std::vector<RunResult>& expected, std::uint64_t seed)
      : model_(model), sequences_(sequences), expected_(expected), dice_(seed, 7) {
    for (std::size_t s = 0; s < sequences.size(); ++s) caches_.emplace_back(model);
  }

  // The first difference, "" if there is none.
  std::string run(std::span<const Action> actions) {
    for (const Action& action : actions) act(action);
    act(kFeedAll);
    if (problem_.empty()) compare_kv();
    return problem_;
  }

 private:
  void act(const Action& action) {
    if (!problem_.empty()) return;
    if (action.kind == Action::kFeed) return feed(action.amounts);
    const std::size_t s = action.amounts[0] % caches_.size();
    const std::size_t length = caches_[s].length();
    if (action.kind == Action::kTruncate) {
      caches_[s].truncate(action.amounts[1] % (length + 1));
    } else {
      feed_strays(caches_[s], action.amounts[1]);
      caches_[s].truncate(length);
    }
  }

  void feed_strays(KvCache& cache, std::size_t n) {
    std::vector<ForwardRow> rows;
    for (std::size_t i = 0; i < n; ++i) {
      const int id = static_cast<int>(dice_.below(model_.config.vocab));
      rows.push_back({id, cache.length() + i, &cache, dice_.chance(0.5)});
    }
    forward_cached(model_, rows);
  }

  // One call: the next rows of every sequence, in their order, the sequences mixed.
  void feed(std::array<std::size_t, 3> amounts) {
    std::vector<ForwardRow> rows;
    std::vector<std::size_t> sequence_of;
    std::vector<std::size_t> next, left;
    for (std::size_t s = 0; s < caches_.size(); ++s) {
      next.push_back(caches_[s].length());
      left.push_back(std::min(amounts[s], sequences_[s].size() - next[s]));
    }
    while (std::any_of(left.begin(), left.end(), [](std::size_t n) { return n > 0; })) {
      const std::size_t s = dice_.below(caches_.size());
      if (left[s] == 0) continue;
      rows.push_back({sequences_[s][next[s]], next[s], &caches_[s], dice_.chance(0.8)});
      sequence_of.push_back(s);
      ++next[s], --left[s];
    }
    if (!rows.empty()) compare_logits(forward_cached(model_, rows), rows, sequence_of);
    for (std::size_t s = 0; s < caches_.size(); ++s) {
      if (caches_[s].length() != next[s]) problem_ = "a cache has the wrong length";
    }
  }

  void compare_logits(const std::vector<float>& logits, const std::vector<ForwardRow>& rows,
                      const std::vector<std::size_t>& sequence_of) {
    const std::size_t vocab = model_.config.vocab;
    std::vector<float> wanted;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (!rows[r].wants_logits) continue;
      const std::vector<float>& all = expected_[sequence_of[r]].logits;
      const std::span<const float> row = {all.data() + rows[r].position * vocab, vocab};
      const std::size_t at = wanted.size();
      wanted.insert(wanted.end(), row.begin(), row.end());
      if (!problem_.empty() || at + vocab > logits.size()) continue;
      problem_ = describe_difference("logits of sequence " + std::to_string(sequence_of[r]) +
                                         ", position " + std::to_string(rows[r].position) +
                                         ", call of " + std::to_string(rows.size()) + " rows",
                                     vocab, row, {logits.data() + at, vocab});
    }
    if (problem_.empty()) problem_ = describe_difference("all logits", vocab, wanted, logits);
  }

  void compare_kv() {
    for (std::size_t s = 0; s < caches_.size() && problem_.empty(); ++s) {
      std::vector<float> kv;
      for (std::size_t i = 0; i < model_.config.n_layers; ++i) {
        append_kv(model_, caches_[s].layer(i), caches_[s].length(), kv);
      }
      problem_ = describe_difference(
          "K and V of sequence " + std::to_string(s) + " (rows: layer, position)",
          2 * model_.config.attention.kv_size(), expected_[s].kv, kv);
    }
  }

  const Model& model_;
  const std::vector<std::vector<int>>& sequences_;
  const std::vector<RunResult>& expected_;
  Dice dice_;
  std::vector<KvCache> caches_;
  std::string problem_;
};

std::vector<RunResult> run_all(const Model& model, const std::vector<std::vector<int>>& sequences) {
  std::vector<RunResult> runs;
  for (const std::vector<int>& ids : sequences) runs.push_back(run_full(model, ids));
  return runs;
}

// The chapter's own proof, in calls of the sizes that the actions feed to the first sequence.
std::string check_proof(const Model& model, const std::vector<int>& ids,
                        std::span<const Action> actions) {
  std::vector<std::size_t> sizes;
  std::size_t left = ids.size();
  for (const Action& action : actions) {
    const std::size_t n = std::min(left, action.amounts[0]);
    if (n == 0 || action.kind != Action::kFeed) continue;
    sizes.push_back(n);
    left -= n;
  }
  if (left > 0) sizes.push_back(left);
  const Proof proof = prove_cached_equals_full(model, ids, sizes);
  const std::size_t kv = ids.size() * 2 * model.config.attention.kv_size() * model.config.n_layers;
  const bool good = proof.logits == ids.size() * model.config.vocab && proof.kv == kv &&
                    proof.logits_differ == 0 && proof.kv_differ == 0;
  return good ? "" : "prove_cached_equals_full reports another result than this test";
}

std::string compare_on(const CachedCase& test, const Model& model,
                       const std::vector<std::vector<int>>& sequences,
                       const std::vector<RunResult>& expected, bool every_way) {
  const std::vector<Action> one_by_one(longest(sequences), {Action::kFeed, {1, 1, 1}});
  const std::vector<std::pair<const char*, std::span<const Action>>> ways = {
      {"the case's actions", test.actions}, {"one by one", one_by_one}, {"all at once", {}}};
  for (const auto& [name, actions] : ways) {
    Feeder feeder(model, sequences, expected, test.spec.seed);
    const std::string problem = feeder.run(actions);
    if (!problem.empty()) return std::string(name) + ": " + problem;
    if (!every_way) return "";
  }
  return check_proof(model, sequences[0], test.actions);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Action& action) {
  const auto& n = action.amounts;
  switch (action.kind) {
    case Action::kFeed:
      return out << "feed " << n[0] << "/" << n[1] << "/" << n[2];
    case Action::kTruncate:
      return out << "truncate " << n[0] << " to " << n[1];
    case Action::kStray:
      return out << "stray " << n[1] << " to " << n[0];
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, const CachedCase& test) {
  out << test.spec << "\n";
  for (const std::vector<int>& ids : ids_of(test)) {
    out << ids.size() << " ids:";
    for (const int id : ids) out << " " << id;
    out << "\n";
  }
  out << "actions:";
  for (const Action& action : test.actions) out << " " << action << ";";
  return out;
}

std::string find_difference(const CachedCase& test) {
  const TinyRandomModel random(test.spec);
  const std::vector<std::vector<int>> sequences = ids_of(test);
  ThreadPool one(1);
  const auto reference = reference_kernel_set(one);
  const std::vector<RunResult> expected = run_all(random.build(*reference), sequences);

  std::string report;
  for_each_machine([&](const KernelSet& kernels, int threads) {
    if (!report.empty()) return;
    const Model model = random.build(kernels);
    const std::vector<RunResult> full = run_all(model, sequences);
    for (std::size_t s = 0; s < full.size() && report.empty(); ++s) {
      report = describe_difference(model.config, expected[s], full[s]);
      if (!report.empty()) report = "forward_full against the reference: " + report;
    }
    const bool every_way = threads == 1 || threads == 3;
    if (report.empty()) report = compare_on(test, model, sequences, expected, every_way);
    if (!report.empty()) report = machine_name(kernels, threads) + ", " + report;
  });
  return report;
}

std::string find_difference(const CachedCase& test, const KernelSet& kernels) {
  const TinyRandomModel random(test.spec);
  const Model model = random.build(kernels);
  const std::vector<std::vector<int>> sequences = ids_of(test);
  const std::vector<RunResult> expected = run_all(model, sequences);
  return Feeder(model, sequences, expected, test.spec.seed).run(test.actions);
}

}  // namespace tokenwalk
