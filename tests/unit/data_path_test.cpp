#include "lib/base/data_path.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

// A folder of its own, with the environment variable pointing there; both end with the test.
class DataPath : public testing::Test {
 protected:
  DataPath() {
    std::string pattern = (fs::temp_directory_path() / "tokenwalk_data_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    setenv("TOKENWALK_DATA", folder_.c_str(), 1);
  }
  ~DataPath() override {
    fs::remove_all(folder_);
    unsetenv("TOKENWALK_DATA");
  }

  fs::path folder_;
};

// What data_path says when it finds nothing.
ErrorParts missing_path(const std::string& name) {
  try {
    data_path(name);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadFile);
    return error.parts();
  }
  ADD_FAILURE() << name << " was found";
  return {};
}

TEST_F(DataPath, FindsAFolderUnderTheVariable) {
  fs::create_directory(folder_ / "tiny");
  EXPECT_TRUE(fs::equivalent(data_path("tiny"), folder_ / "tiny"));
}

TEST_F(DataPath, FindsAFileUnderTheVariable) {
  fs::create_directory(folder_ / "golden");
  std::ofstream(folder_ / "golden" / "a.json") << "{}";
  EXPECT_TRUE(fs::equivalent(data_path("golden/a.json"), folder_ / "golden" / "a.json"));
}

TEST_F(DataPath, ToldAFolderItLooksNowhereElse) {
  const ErrorParts parts = missing_path("tiny");
  EXPECT_NE(parts.found.find((folder_ / "tiny").string()), std::string::npos) << parts.found;
  EXPECT_EQ(parts.found.find("share"), std::string::npos) << parts.found;
  EXPECT_NE(parts.hint.find("TOKENWALK_DATA"), std::string::npos) << parts.hint;
}

TEST_F(DataPath, AnEmptyVariableIsNone) {
  unsetenv("TOKENWALK_DATA");
  const std::string unset = missing_path("no such thing").found;
  setenv("TOKENWALK_DATA", "", 1);
  EXPECT_EQ(missing_path("no such thing").found, unset);
}

TEST_F(DataPath, WithoutTheVariableItLooksBesideTheProgram) {
  unsetenv("TOKENWALK_DATA");
  const ErrorParts parts = missing_path("no such thing");
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const char* place : {"../data", "../../data", "../share/tokenwalk"}) {
    const fs::path path = (program / place / "no such thing").lexically_normal();
    EXPECT_NE(parts.found.find(path.string()), std::string::npos)
        << path << " is not in " << parts.found;
  }
}

}  // namespace
}  // namespace tokenwalk
