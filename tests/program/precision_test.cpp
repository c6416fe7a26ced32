// The precisions from outside: every mode gives the same bits with every kernel set, any number of
// threads, any chunks, with the cache and without; files run as they are stored.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/base/data_path.h"
#include "tests/program/requests.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

const char* const kPrecisions[] = {"f32", "bf16", "q8_0", "q4_1"};

Json logits_request(Json more = Json::object()) {
  more.update({{"op", "logits"}, {"ids", some_ids(40)}, {"rows", "all"}});
  return more;
}

std::string sha(const Json& request, const Arguments& flags) {
  return answer(request, flags)["sha256"];
}

TEST(Precision, EveryModeHasItsOwnBitsAndKeepsThem) {
  std::vector<std::string> seen;
  for (const char* precision : kPrecisions) {
    const std::string expected = sha(logits_request(), {"--precision", precision});
    for (const std::string& other : seen) EXPECT_NE(expected, other) << precision;
    seen.push_back(expected);
    for (const Json& kernels : info()["kernels"]) {
      EXPECT_EQ(sha(logits_request(), {"--precision", precision, "--kernels", kernels}), expected)
          << precision << ", " << kernels;
    }
    for (const char* threads : {"1", "2", "3", "4"}) {
      EXPECT_EQ(sha(logits_request({{"chunks", {7, 1, 32}}}),
                    {"--precision", precision, "--threads", threads}),
                expected)
          << precision << ", " << threads << " threads";
    }
    EXPECT_EQ(sha(logits_request({{"cache", false}}), {"--precision", precision}), expected);
  }
}

TEST(Precision, InfoNamesIt) {
  for (const char* precision : kPrecisions) {
    EXPECT_EQ(answer({{"op", "info"}}, {"--precision", precision})["model"]["precision"],
              precision);
  }
}

// A file in a format runs as the same weights rounded to it while they are loaded.
TEST(Precision, FilesRunAsTheyAreStored) {
  const TempFolder folder;
  const std::string tiny = data_path("tiny").string();
  for (const char* precision : {"bf16", "q8_0"}) {
    const std::string file = (folder.path() / (std::string(precision) + ".gguf")).string();
    ASSERT_EQ(run_tokenwalk({"convert", tiny, file, "--precision", precision}).exit_code, 0);
    EXPECT_EQ(sha(logits_request(), {"--model", file}),
              sha(logits_request(), {"--precision", precision}))
        << precision;
    EXPECT_NE(sha(logits_request(), {"--model", file, "--precision", "f32"}),
              sha(logits_request(), {"--model", file}))
        << precision << ": activations are rounded too";
    EXPECT_EQ(answer({{"op", "info"}}, {"--model", file})["model"]["precision"], precision);
  }
}

// ---- K and V -----------------------------------------------------------------------------------

Json session_info(const Arguments& flags) {
  const std::vector<Json> replies =
      ask_all({{{"op", "session"}, {"name", "s"}, {"do", "open"}},
               {{"op", "session"}, {"name", "s"}, {"do", "sync"}, {"ids", some_ids(20)}},
               {{"op", "session"}, {"name", "s"}, {"do", "info"}}},
              flags);
  return replies.back();
}

TEST(Precision, KAndVFollowItOrTheFlag) {
  const Json plain = session_info({"--precision", "f32"});
  EXPECT_EQ(session_info({})["kv_sha256"], plain["kv_sha256"]) << "the bundled model is float32";
  const Json half = session_info({"--precision", "bf16"});
  EXPECT_EQ(half["bytes"].get<int>() * 2, plain["bytes"].get<int>());
  EXPECT_EQ(session_info({"--precision", "bf16", "--kv", "f16"})["kv_sha256"], half["kv_sha256"]);
  EXPECT_NE(session_info({"--precision", "bf16", "--kv", "bf16"})["kv_sha256"], half["kv_sha256"]);
  for (const char* kv : {"f32", "f16", "bf16"}) {
    const std::string expected = session_info({"--kv", kv})["kv_sha256"];
    for (const Json& kernels : info()["kernels"]) {
      EXPECT_EQ(session_info({"--kv", kv, "--kernels", kernels})["kv_sha256"], expected)
          << kv << ", " << kernels;
    }
  }
}

}  // namespace
}  // namespace tokenwalk
