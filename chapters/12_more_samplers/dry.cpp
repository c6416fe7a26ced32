#include "chapters/12_more_samplers/dry.h"

#include <algorithm>
#include <map>

#include "chapters/12_more_samplers/shaping.h"
#include "lib/base/math.h"

namespace tokenwalk {

//! [12-suffix-repeats]
std::vector<std::size_t> suffix_repeats(std::span<const int> text) {
  const std::size_t n = text.size();
  std::vector<std::size_t> repeats(n);
  std::size_t known_low = n, shift = 0;  // text[known_low ..] is the end of the text, shifted
  for (std::size_t i = n; i-- > 0;) {    // i: the place, from the end
    std::size_t length = 0;
    if (i >= known_low && i + 1 < n) {
      length = std::min(repeats[i + shift], i + 1 - known_low);
    }
    while (length <= i && text[i - length] == text[n - 1 - length]) ++length;
    repeats[i] = length;
    if (i + 1 < n && i + 1 - length < known_low) {
      known_low = i + 1 - length;
      shift = n - 1 - i;
    }
  }
  return repeats;
}
//! [12-suffix-repeats]

//! [12-breakers]
std::size_t length_after_breaker(std::span<const int> text,
                                 std::span<const std::vector<int>> breakers) {
  std::size_t least = text.size();
  for (const std::vector<int>& breaker : breakers) {
    const auto found = std::find_end(text.begin(), text.end(), breaker.begin(), breaker.end());
    if (found == text.end()) continue;
    least = std::min(least, static_cast<std::size_t>(text.end() - found) - breaker.size());
  }
  return least;
}
//! [12-breakers]

//! [12-dry]
void apply_dry(std::span<double> logits, std::span<const int> history, const DryOptions& options) {
  // BEGIN SOLUTION 12.4
  const std::span<const int> text = last_ids(history, options.last_n);
  const std::size_t most = length_after_breaker(text, options.breakers);
  const std::vector<std::size_t> repeats = suffix_repeats(text);
  const auto allowed = static_cast<std::size_t>(options.allowed_length);
  std::map<int, std::size_t> longest;  // by the id that came next
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const std::size_t length = std::min(repeats[i], most);
    if (length < allowed) continue;
    std::size_t& longest_so_far = longest[text[i + 1]];
    longest_so_far = std::max(longest_so_far, length);
  }
  for (const std::vector<int>& b : options.breakers) {
    if (b.size() == 1) longest.erase(b[0]);
  }
  for (const auto& [id, length] : longest) {
    double& logit = logit_of(logits, id);
    const double grown = math::pow(options.base, static_cast<double>(length - allowed));
    if (logit != kMasked) logit = bounded(logit - options.multiplier * std::min(grown, 0x1p128));
  }
  // END SOLUTION
}
//! [12-dry]

}  // namespace tokenwalk
