#include "chapters/07_sessions/session_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lib/base/error.h"
#include "tests/property/ch07_text.h"

namespace tokenwalk {
namespace {

class Ch07SessionFile : public SessionTest {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      ("tokenwalk_session_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
};

TEST_F(Ch07SessionFile, GoesOnWithTheSameBits) {
  for (const int n : {0, 5}) {  // logits kept, or an id pending
    session_.generate(std::vector<int>{4, 5}, tokens(n));
    save_session(session_, path_);
    Session loaded = load_session(model_, path_);
    EXPECT_EQ(find_fault({loaded.fork(), session_.tokens()}), "");
    EXPECT_EQ(loaded.pending(), session_.pending());
    EXPECT_EQ(loaded.generate({}, tokens(4)).tokens,
              session_.fork().generate({}, tokens(4)).tokens);
  }
}

TEST_F(Ch07SessionFile, EveryCutAndEveryChangedByteIsRefused) {
  session_.generate(std::vector<int>{4, 5}, tokens(2));
  save_session(session_, path_);
  std::string bytes;
  {
    std::ifstream in(path_, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto refused = [&](const std::string& changed) {
    std::ofstream(path_, std::ios::binary) << changed;
    try {
      load_session(model_, path_);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kBadFile;
    }
    return false;
  };
  for (std::size_t n = 0; n < bytes.size(); n += 1 + n / 50) {
    EXPECT_TRUE(refused(bytes.substr(0, n))) << "cut after " << n;
    std::string changed = bytes;
    changed[n] = static_cast<char>(changed[n] ^ 4);
    EXPECT_TRUE(refused(changed)) << "byte " << n << " changed";
  }
  EXPECT_TRUE(refused(bytes + "x"));
  EXPECT_FALSE(refused(bytes));
}

TEST_F(Ch07SessionFile, ASessionOfAnotherModelIsRefused) {
  session_.generate(std::vector<int>{4, 5}, tokens(2));
  save_session(session_, path_);
  const Model other =
      TinyRandomModel({.seed = 2, .hidden = 24, .vocab = 60, .context = 30}).build(*kernels_);
  EXPECT_THROW(load_session(other, path_), Error);
}

}  // namespace
}  // namespace tokenwalk
