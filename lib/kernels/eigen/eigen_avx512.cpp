// Compiled with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma.
#define Eigen Eigen_avx512
#include "lib/kernels/eigen/eigen_product.inc"

namespace tokenwalk {

void eigen_product_avx512(const EigenProduct& p) {
  multiply(p);
}

}  // namespace tokenwalk
