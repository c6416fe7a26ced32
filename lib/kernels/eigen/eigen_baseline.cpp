// Compiled for any processor.
#define Eigen Eigen_baseline
#include "lib/kernels/eigen/eigen_product.inc"

namespace tokenwalk {

void eigen_product_baseline(const EigenProduct& p) {
  multiply(p);
}

}  // namespace tokenwalk
