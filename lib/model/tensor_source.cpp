#include "lib/model/tensor_source.h"

#include <utility>

namespace tokenwalk {
namespace {

class MadeTensors : public TensorSource {
 public:
  MadeTensors(WeightSource make, WeightFormat format) : make_(std::move(make)), format_(format) {}

  std::vector<float> vector(const std::string& name, std::size_t n) const override {
    return make_(name, n, 0);
  }

  WeightRows matrix(const std::string& name, std::size_t n_rows,
                    std::size_t n_cols) const override {
    const auto values = std::make_shared<std::vector<float>>(make_(name, n_rows, n_cols));
    const std::size_t row_bytes = weight_row_bytes(format_, n_cols);
    const auto read = [=, format = format_](std::size_t first, std::size_t n, std::byte* out) {
      for (std::size_t i = 0; i < n; ++i) {
        write_row({values->data() + (first + i) * n_cols, n_cols}, format, out + i * row_bytes);
      }
    };
    return {n_rows, n_cols, format_, read};
  }

 private:
  WeightSource make_;
  WeightFormat format_;
};

}  // namespace

std::unique_ptr<TensorSource> made_tensors(WeightSource make, WeightFormat format) {
  return std::make_unique<MadeTensors>(std::move(make), format);
}

}  // namespace tokenwalk
