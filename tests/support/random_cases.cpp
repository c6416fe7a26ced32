#include "tests/support/random_cases.h"

#include <cstdlib>
#include <stdexcept>

namespace tokenwalk {

std::optional<std::uint64_t> extra_seed() {
  const char* text = std::getenv("TOKENWALK_TEST_SEED");
  if (text == nullptr || *text == '\0') return std::nullopt;
  const std::string number = text;
  if (number.size() > 18 || number.find_first_not_of("0123456789") != std::string::npos) {
    throw std::runtime_error("TOKENWALK_TEST_SEED is \"" + number + "\", expected a whole number");
  }
  return std::stoull(number);
}

std::vector<std::uint64_t> case_seeds(std::size_t n) {
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 1; i <= n; ++i) seeds.push_back(i);
  if (const auto extra = extra_seed()) {
    for (std::size_t i = 0; i < n; ++i) seeds.push_back((*extra << 20) + (1 << 16) + i);
  }
  return seeds;
}

}  // namespace tokenwalk
