#include "chapters/08_stopping_and_streaming/generate_text.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "chapters/01_tokenizer/utf8.h"
#include "tests/property/ch08_text.h"
#include "tests/support/random_cases.h"

namespace tokenwalk {
namespace {

const PublishedTokenizer& tokenizer() {
  static const PublishedTokenizer small = small_tokenizer();
  return small;
}

Texts bytes_of(const std::vector<int>& ids) {
  Texts tokens;
  for (const int id : ids) tokens.push_back(tokenizer().tokenizer.token(id));
  return tokens;
}

std::string join(const Texts& texts) {
  std::string all;
  for (const std::string& text : texts) all += text;
  return all;
}

// A random part of a text, and one that need not be in it.
Texts draw_stops(Dice& dice, const std::string& text) {
  Texts stop;
  if (!text.empty() && dice.chance(0.8)) {
    stop.push_back(text.substr(dice.below(text.size()), dice.between(1, 6)));
  }
  if (dice.chance(0.5)) stop.push_back("abba");
  return stop;
}

// ---- the stream --------------------------------------------------------------------------------

TEST(Ch08TextStream, ShowsWhatASearchOfTheWholeTextSays) {
  for (const std::uint64_t seed : case_seeds(3000)) {
    Dice dice(seed, 9);
    const std::vector<int> ids = dice.ids(dice.below(30), 60);
    const Texts stop = draw_stops(dice, join(bytes_of(ids)));
    TextStream stream(tokenizer(), stop);
    Texts pieces;
    for (const int id : ids) pieces.push_back(stream.push(id));
    pieces.push_back(stream.flush());
    const Texts expected = pieces_by_search(bytes_of(ids), stop);
    ASSERT_EQ(show_pieces(pieces), show_pieces(expected))
        << "case seed " << seed << ", stop " << show_pieces(stop);
    ASSERT_EQ(text_of(tokenizer(), ids, stop), join(expected));
  }
}

TEST(Ch08TextStream, ControlTokensMayBeHiddenAndAreStillLookedThrough) {
  const auto run = [](const Texts& stop) {
    TextStream stream(tokenizer(), stop, false);
    std::string text = stream.push(0);  // a
    text += stream.push(kControl);      // <b>
    text += stream.push(1);             // b
    text += stream.flush();
    return text + (stream.matched() == nullptr ? "" : " stop");
  };
  EXPECT_EQ(run({}), "ab");
  EXPECT_EQ(run({"<b>c"}), "ab");
  EXPECT_EQ(run({"<b>b"}), "a stop");
  EXPECT_EQ(run({"a<"}), " stop");
}

TEST(Ch08TextStream, AnIdBeyondTheVocabularyHasNoText) {
  TextStream stream(tokenizer());
  EXPECT_EQ(stream.push(60), "");
  EXPECT_EQ(stream.push(0), "a");
}

// ---- the loops ---------------------------------------------------------------------------------

class Ch08GenerateText : public SessionTest {
 protected:
  Ch08GenerateText() { model_.config.eos_ids = {58}; }

  struct Run {
    Generated generated;
    Texts pieces;
  };

  Run run(const GenerateLoop& loop, const GenerateOptions& options, const Texts& stop) const {
    TextStream stream(tokenizer(), stop);
    Run result;
    result.generated = generate_text(loop, model_.config, options, stream,
                                     [&](const auto& piece) { result.pieces.push_back(piece); });
    return result;
  }

  GenerateLoop naive() const {
    return [this](const auto& options) { return generate_naive(model_, prompt_, options); };
  }

  static GenerateOptions drawn(std::uint64_t seed, int n) {
    GenerateOptions options;
    options.max_new_tokens = n;
    options.seed = seed;
    return options;
  }

  std::vector<int> prompt_ = {1, 2, 3};
};

// What must come out: the tokens without stop strings, up to the one that completes a match.
Generated cut_by_search(Generated whole, const Texts& stop) {
  const std::vector<int> ids = text_ids(whole);
  std::string bytes;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    bytes += tokenizer().tokenizer.token(ids[i]);
    if (stop_by_search(bytes, stop).matched.empty()) continue;
    whole.tokens.resize(i + 1);
    whole.finish = Finish::kStopString;
    break;
  }
  return whole;
}

TEST_F(Ch08GenerateText, EveryLoopEndsWhereTheSearchSays) {
  int stopped = 0, at_the_last = 0;
  for (const std::uint64_t seed : case_seeds(150)) {
    Dice dice(seed, 10);
    GenerateOptions options = drawn(seed, static_cast<int>(dice.between(0, 20)));
    options.ignore_eos = dice.chance(0.5);
    options.stop_ids = dice.ids(dice.below(2), 60);
    const Generated whole = generate_naive(model_, prompt_, options);
    const Texts stop = draw_stops(dice, join(bytes_of(whole.tokens)));
    const Generated expected = cut_by_search(whole, stop);
    const Texts pieces = pieces_by_search(bytes_of(text_ids(expected)), stop);
    stopped += expected.finish == Finish::kStopString;
    at_the_last += expected.finish == Finish::kStopString && expected.tokens == whole.tokens;

    Session session(model_);
    for (const GenerateLoop& loop : std::vector<GenerateLoop>{
             naive(), [&](const auto& o) { return generate_cached(model_, prompt_, o); },
             [&](const auto& o) { return session.generate(prompt_, o); }}) {
      const Run got = run(loop, options, stop);
      ASSERT_EQ(got.generated.tokens, expected.tokens) << "case seed " << seed;
      ASSERT_STREQ(finish_name(got.generated.finish), finish_name(expected.finish))
          << "case seed " << seed << ", stop " << show_pieces(stop);
      ASSERT_EQ(join(got.pieces), join(pieces)) << "case seed " << seed;
      ASSERT_EQ(join(got.pieces), text_of(tokenizer(), text_ids(got.generated), stop));
    }
    std::vector<int> ids = prompt_;
    ids.insert(ids.end(), expected.tokens.begin(), expected.tokens.end());
    ASSERT_EQ(find_fault({session.fork(), ids}), "") << "case seed " << seed;
  }
  EXPECT_GT(stopped, 50);
  EXPECT_GT(at_the_last, 5);
}

// A loop that brings these ids, whatever the model says.
GenerateLoop bring(const ModelConfig& model, std::vector<int> ids) {
  return [&model, ids](const GenerateOptions& options) {
    Generated result;
    for (const int id : ids) {
      result.tokens.push_back(id);
      const bool go_on = options.on_token(id);
      if (ends_text(model, id, result.tokens.size(), options, result.finish)) break;
      result.finish = Finish::kCallback;
      if (!go_on) break;
    }
    return result;
  };
}

TEST_F(Ch08GenerateText, TheEndOfTextHasNoText) {
  // 58 is the end of text, written <ab>; the text before it may still be held back.
  const Run ended = run(bring(model_.config, {0, 58, 1}), drawn(1, 9), {"ab", "<"});
  EXPECT_EQ(ended.generated.finish, Finish::kEos);
  EXPECT_EQ(join(ended.pieces), "a");
  GenerateOptions on = drawn(1, 9);
  on.ignore_eos = true;
  const Run ignored = run(bring(model_.config, {0, 58, 1}), on, {"<ab>b"});
  EXPECT_EQ(ignored.generated.finish, Finish::kStopString);
  EXPECT_EQ(join(ignored.pieces), "a");
}

TEST_F(Ch08GenerateText, AStopStringWinsOverTheCallbackAndTheLength) {
  GenerateOptions options = drawn(1, 2);
  options.on_token = [](int id) { return id != 1; };
  const Run both = run(bring(model_.config, {0, 1, 0}), options, {"ab"});
  EXPECT_EQ(both.generated.finish, Finish::kStopString);
  EXPECT_EQ(join(both.pieces), "");
  const Run cancelled = run(bring(model_.config, {1, 0, 0}), options, {"bb"});
  EXPECT_EQ(cancelled.generated.finish, Finish::kCallback);
  EXPECT_EQ(join(cancelled.pieces), "b") << "held back, and shown at the end";
}

TEST_F(Ch08GenerateText, CancellingLeavesTheSessionConsistent) {
  for (const int n : {1, 4}) {
    Session session(model_), whole(model_);
    GenerateOptions options = greedy_options(12);
    int heard = 0;
    options.on_token = [&](int) { return ++heard < n; };
    const GenerateLoop loop = [&](const auto& o) { return session.generate(prompt_, o); };
    EXPECT_EQ(run(loop, options, {}).generated.finish, Finish::kCallback);
    EXPECT_EQ(session.tokens().size(), prompt_.size() + static_cast<std::size_t>(n));
    EXPECT_EQ(session.pending(), 1u);
    EXPECT_EQ(find_fault({session.fork(), session.tokens()}), "");
    session.generate({}, greedy_options(12 - n));
    whole.generate(prompt_, greedy_options(12));
    EXPECT_EQ(session.tokens(), whole.tokens());
  }
}

TEST_F(Ch08GenerateText, AListenerThatThrowsLeavesTheSessionConsistent) {
  TextStream stream(tokenizer());
  const GenerateLoop loop = [&](const auto& o) { return session_.generate(prompt_, o); };
  EXPECT_THROW(generate_text(loop, model_.config, greedy_options(9), stream,
                             [](const std::string&) { throw std::runtime_error("gone"); }),
               std::runtime_error);
  EXPECT_GT(session_.tokens().size(), prompt_.size());
  EXPECT_EQ(find_fault({session_.fork(), session_.tokens()}), "");
}

}  // namespace
}  // namespace tokenwalk
