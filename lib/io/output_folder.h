#pragma once

#include <filesystem>
#include <string>

namespace tokenwalk {

/// A folder that appears under its name when all its files are written: they are written into a
/// temporary folder beside it. Without finish() nothing is left. Errors (kBadFile) as OutputFile.
class OutputFolder {
 public:
  explicit OutputFolder(const std::filesystem::path& path);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write the file of this name.
  std::filesystem::path file(const std::string& name) const { return unfinished_ / name; }

  /// Puts the folder into its place. Into a folder that is there already its files are moved one by
  /// one, over files of the same names; other files stay.
  void finish();

 private:
  std::filesystem::path path_;
  std::filesystem::path unfinished_;
};

}  // namespace tokenwalk
