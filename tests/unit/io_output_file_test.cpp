#include "lib/io/output_file.h"

#include <fstream>
#include <iterator>

#include "lib/io/output_folder.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has_no_files(const fs::path& folder) {
  return fs::directory_iterator(folder) == fs::directory_iterator();
}

TEST(OutputFile, AppearsWhenFinished) {
  const TempFolder folder;
  const fs::path path = folder.path() / "a";
  {
    OutputFile file(path);
    file.write("ab");
    file.write(std::span<const std::byte>());  // nothing, and nowhere
    file.write_number(std::uint16_t{0x6463});
    file.pad(8);
    EXPECT_EQ(file.size(), 8u);
    EXPECT_FALSE(fs::exists(path));
    file.finish();
  }
  EXPECT_EQ(read_all(path), std::string("abcd\0\0\0\0", 8));
  write_text_file(path, "new");
  EXPECT_EQ(read_all(path), "new");
}

TEST(OutputFile, FollowsALinkAndReplacesNothingThatIsNoFile) {
  const TempFolder folder;
  const fs::path file = folder.write("file", "old"), link = folder.path() / "link";
  fs::create_symlink("file", link);
  write_text_file(link, "new");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(read_all(file), "new");
  fs::remove(file);
  expect_bad_file([&] { write_text_file(link, "a"); }, {"link", "a link to nothing", "", ""});
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST(OutputFile, LeavesNothingWhenNotFinished) {
  const TempFolder folder;
  OutputFile(folder.path() / "a").write("ab");
  { OutputFolder unfinished(folder.path() / "b"); }
  EXPECT_TRUE(has_no_files(folder.path()));
}

TEST(OutputFile, SaysWhatStopsIt) {
  const TempFolder folder;
  expect_bad_file([&] { OutputFile(folder.path() / "no" / "a"); }, {"no/a", "No such", "", "path"});
  expect_bad_file([&] { write_text_file("/dev/full/x", "a"); }, {"/dev/full/x", "", "", ""});
  fs::create_directory(folder.path() / "taken");
  expect_bad_file([&] { write_text_file(folder.path() / "taken", "a"); }, {"taken", "", "", ""});
  fs::remove(folder.path() / "taken");
  EXPECT_TRUE(has_no_files(folder.path()));
}

TEST(OutputFolder, AppearsWhenFinishedOrFillsWhatIsThere) {
  const TempFolder folder;
  const fs::path path = folder.path() / "out";
  for (const char* text : {"one", "two"}) {
    OutputFolder out(path);
    write_text_file(out.file("a"), text);
    EXPECT_NE(fs::exists(path) ? read_all(path / "a") : "", text);
    out.finish();
    EXPECT_EQ(read_all(path / "a"), text);
    if (!fs::exists(path / "mine")) write_text_file(path / "mine", "mine");
  }
  EXPECT_EQ(read_all(path / "mine"), "mine");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace tokenwalk
