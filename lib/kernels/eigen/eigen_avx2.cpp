// Compiled with -mavx2 -mfma.
#define Eigen Eigen_avx2
#include "lib/kernels/eigen/eigen_product.inc"

namespace tokenwalk {

void eigen_product_avx2(const EigenProduct& p) {
  multiply(p);
}

}  // namespace tokenwalk
