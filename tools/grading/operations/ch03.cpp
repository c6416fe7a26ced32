// Chapter 03 as operations.
#include "chapters/03_nucleus_sampling/nucleus.h"
#include "chapters/03_nucleus_sampling/nucleus_fast.h"
#include "lib/base/check.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk {

// The fast sampler gives the same tokens, so a worker must not contain it: nobody calls it here.
int sample_fast(std::span<const float>, const SamplingOptions&, double) {
  fail_check(__FILE__, __LINE__, "sample_fast is not part of this program", "");
}

namespace grading {
namespace {

Candidates candidates(const json& args) {
  return make_candidates(to_floats(args.at("logits")));
}

json listed(const Candidates& list) {
  json result = json::array();
  for (const Candidate& c : list) {
    result.push_back({{"id", c.id}, {"logit", number(c.logit)}, {"prob", number(c.prob)}});
  }
  return result;
}

SamplingOptions options(const json& args) {
  SamplingOptions o;
  o.temperature = args.value("temperature", 1.0);
  o.top_k = args.value("top_k", 0);
  o.top_p = args.value("top_p", 1.0);
  o.min_p = args.value("min_p", 0.0);
  return o;
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {
      {"apply_temperature",
       [](const json& a) { return listed(apply_temperature(candidates(a), a.at("temperature"))); }},
      {"cut_top_k", [](const json& a) { return listed(cut_top_k(candidates(a), a.at("k"))); }},
      {"cut_nucleus", [](const json& a) { return listed(cut_nucleus(candidates(a), a.at("p"))); }},
      {"cut_min_p", [](const json& a) { return listed(cut_min_p(candidates(a), a.at("min_p"))); }},
      {"draw_candidate",
       [](const json& a) -> json { return draw_candidate(candidates(a), a.at("u")); }},
      {"sample_plain", [](const json& a) -> json {
         return sample_plain(to_floats(a.at("logits")), options(a), a.at("u"));
       }}};
  return operations;
}

}  // namespace grading
}  // namespace tokenwalk
