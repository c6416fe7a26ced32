#include "tools/tokenwalk/convert.h"

#include "lib/base/error.h"
#include "lib/io/describe.h"
#include "lib/io/write_gguf.h"
#include "lib/io/write_safetensors.h"
#include "tools/tokenwalk/convert_source.h"
#include "tools/tokenwalk/convert_to_folder.h"
#include "tools/tokenwalk/convert_to_gguf.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

bool wants_gguf(const fs::path& out) {
  return out.extension() == ".gguf";
}

void check_convert(const ConvertOptions& options) {
  const std::string& precision = options.precision;
  if (precision != "f32" && precision != "bf16" && precision != "q8_0") {
    throw Error(ErrorCode::kBadValue, {"unknown precision", precision, "f32, bf16 or q8_0", ""});
  }
  if (precision == "q8_0" && !wants_gguf(options.out)) {
    throw Error(ErrorCode::kBadValue,
                {"q8_0 is stored in a GGUF file", printable(options.out.string()),
                 "a name that ends in .gguf", "a folder can hold f32 and bf16"});
  }
  std::error_code no_matter;
  const bool is_there = fs::exists(fs::symlink_status(options.out, no_matter));
  if (is_there && !options.force) {
    throw Error(ErrorCode::kBadFile,
                {printable(options.out.string()) + " is there already", "something of that name",
                 "a new name", "--force replaces it"});
  }
  if (is_there && fs::is_directory(options.out, no_matter) == wants_gguf(options.out)) {
    throw Error(ErrorCode::kBadValue,
                {printable(options.out.string()) + " cannot be replaced",
                 wants_gguf(options.out) ? "a folder" : "a file",
                 wants_gguf(options.out) ? "a file" : "a folder", "choose another name"});
  }
}

void write_folder(ConvertSource source, const ConvertOptions& options,
                  const WriteProgress& progress) {
  const bool is_bf16 = options.precision == "bf16";
  for (TensorToWrite& tensor : source.tensors) {
    tensor.dtype = is_bf16 ? DType::kBF16 : DType::kF32;
  }
  OutputFolder out(options.out);
  write_folder_files(source, is_bf16 ? "bfloat16" : "float32", out);
  write_safetensors(out.file("model.safetensors"), source.tensors, progress);
  out.finish();
}

}  // namespace

void convert_model(const ConvertOptions& given, const WriteProgress& progress) {
  ConvertOptions options = given;
  if (!options.out.has_filename()) options.out = options.out.parent_path();  // "folder/"
  check_convert(options);
  ConvertSource source = open_convert_source(options.in);
  if (wants_gguf(options.out)) {
    write_gguf(options.out, gguf_keys(source, options.precision),
               gguf_tensors(source, options.precision), progress);
  } else {
    write_folder(std::move(source), options, progress);
  }
}

}  // namespace tokenwalk
