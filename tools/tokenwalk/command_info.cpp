#include <cstdio>
#include <iostream>
#include <memory>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/io/gguf.h"
#include "lib/io/json_metadata.h"
#include "lib/io/tensor_file.h"
#include "lib/model/config.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/version.h"

namespace tokenwalk {
namespace {

void print_machine() {
  ThreadPool pool(1);
  std::string names;
  for (const auto& set : exact_kernel_sets(pool)) {
    names += (names.empty() ? "" : ", ") + std::string(set->name());
  }
  std::cout << "tokenwalk " << version() << "\nkernels   " << names << "\nthreads   "
            << available_processors() << "\n";
}

void print_metadata(const Metadata& metadata) {
  for (const auto& [key, value] : metadata.values()) {
    std::cout << key << " = " << describe_value(value) << "\n";
  }
}

void print_tensors(const TensorFile& file) {
  std::size_t bytes = 0;
  for (const StoredTensor& tensor : file.tensors()) {
    std::string shape;
    for (const std::size_t size : tensor.shape) {
      shape += (shape.empty() ? "" : ", ") + std::to_string(size);
    }
    std::cout << tensor.name << "  " << tensor.type_name << " [" << shape << "]\n";
    bytes += tensor.bytes.size();
  }
  std::cout << file.tensors().size() << " tensors, " << bytes << " bytes\n";
}

// Everything that a file or folder says about itself, whether or not it is a model we can run.
void print_file(const std::filesystem::path& path) {
  if (is_gguf(path)) {
    const GgufFile file(path);
    print_metadata(file.metadata());
    print_tensors(file);
    return;
  }
  const std::filesystem::path config = path / "config.json";
  if (std::filesystem::exists(config)) print_metadata(read_json_metadata(config));
  print_tensors(*open_tensor_file(path));
}

}  // namespace

void add_info_command(CLI::App& program) {
  auto path = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand(
      "info", "What this machine can run, or what a model file or folder holds");
  command->add_option("file", *path, "safetensors file, GGUF file or model folder");
  command->callback([path] { path->empty() ? print_machine() : print_file(*path); });
}

}  // namespace tokenwalk
