#include "lib/base/data_path.h"

#include <cstdlib>
#include <vector>

#include "lib/base/error.h"

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

fs::path program_path() {
#if defined(__APPLE__)
  char buffer[4096];
  std::uint32_t size = sizeof(buffer);
  if (_NSGetExecutablePath(buffer, &size) == 0) return fs::path(buffer);
  return {};
#else
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
#endif
}

std::vector<fs::path> data_folders() {
  const char* folder = std::getenv("TOKENWALK_DATA");
  if (folder != nullptr && *folder != '\0') return {fs::path(folder)};
  const fs::path beside = program_path().parent_path();
  return {beside / "../data", beside / "../../data", beside / "../share/tokenwalk"};
}

}  // namespace

std::filesystem::path data_path(const std::string& name) {
  std::string looked;
  for (const fs::path& folder : data_folders()) {
    std::error_code error;
    const fs::path path = (folder / name).lexically_normal();
    if (fs::exists(path, error)) return path;
    looked += (looked.empty() ? "" : ", ") + path.string();
  }
  throw Error(ErrorCode::kBadFile,
              {"the bundled data is missing", "nothing at " + looked, "the folder data/" + name,
               "set TOKENWALK_DATA to the repository's data folder"});
}

}  // namespace tokenwalk
