#include "lib/io/mapped_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  const TempFolder folder;
  const std::string content("one\0two\xff", 8);
  const MappedFile file(folder.write("a.bin", content));
  EXPECT_EQ(file.text(), content);
  EXPECT_EQ(file.bytes().size(), 8u);
  EXPECT_EQ(std::to_integer<int>(file.bytes()[7]), 0xff);
}

TEST(MappedFile, MovesWithItsBytes) {
  const TempFolder folder;
  MappedFile first(folder.write("a", "first"));
  MappedFile second(folder.write("b", "second"));
  MappedFile moved(std::move(first));
  EXPECT_EQ(moved.text(), "first");
  moved = std::move(second);
  EXPECT_EQ(moved.text(), "second");
}

TEST(MappedFile, NamesAMissingFile) {
  const TempFolder folder;
  expect_bad_file([&] { MappedFile(folder.path() / "none.bin"); },
                  {"none.bin", "No such file", "readable file", "check the path"});
}

TEST(MappedFile, RefusesAFolder) {
  const TempFolder folder;
  expect_bad_file([&] { MappedFile{folder.path()}; },
                  {folder.path().string(), "a folder", "a file", "inside the folder"});
}

TEST(MappedFile, RefusesAnEmptyFile) {
  const TempFolder folder;
  const auto path = folder.write("empty.gguf", "");
  expect_bad_file([&] { MappedFile{path}; }, {"empty.gguf", "0 bytes", "at least one byte", ""});
}

TEST(MappedFile, DoesNotWaitForAPipe) {
  const TempFolder folder;
  const auto path = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_bad_file([&] { MappedFile{path}; }, {"pipe", "a device or a pipe", "regular file", ""});
}

TEST(MappedFile, SaysThatAFileMayNotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  const TempFolder folder;
  const auto path = folder.write("secret", "x");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  expect_bad_file([&] { MappedFile{path}; }, {"secret", "Permission denied", "readable file", ""});
}

TEST(MappedFile, ShowsNoControlCharactersOfAPath) {
  const TempFolder folder;
  expect_bad_file([&] { MappedFile(folder.path() / "a\x1b[31m\xff"); },
                  {"a\\x1b[31m\\xff", "No such file", "", ""});
}

}  // namespace
}  // namespace tokenwalk
