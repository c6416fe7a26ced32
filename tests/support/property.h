#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>
#include <utility>

#include "tests/support/random_cases.h"

namespace tokenwalk {

/// Runs a RapidCheck property n_cases times, from a fixed seed and, if $TOKENWALK_TEST_SEED is set,
/// from that one too. A case that fails is shrunk and shown.
template <typename Property>
void check_property(int n_cases, Property&& property) {
  std::vector<std::uint64_t> seeds = {20240229};
  if (const auto extra = extra_seed()) seeds.push_back(*extra);
  for (const std::uint64_t seed : seeds) {
    rc::detail::TestParams params;
    params.seed = seed;
    params.maxSuccess = n_cases;
    const auto result = rc::detail::checkTestable(std::forward<Property>(property),
                                                  rc::detail::TestMetadata(), params);
    if (result.template is<rc::detail::SuccessResult>()) continue;
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    ADD_FAILURE() << "with the seed " << seed << ":\n" << text.str();
  }
}

}  // namespace tokenwalk
