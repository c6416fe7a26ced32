#include "chapters/13_fast_kernels/ladder.h"

#include <algorithm>
#include <vector>

#include "chapters/13_fast_kernels/lines.h"
#include "chapters/13_fast_kernels/transposed.h"
#include "lib/base/dot.h"
#include "lib/kernels/packed/packed_set.h"

namespace tokenwalk {
namespace {

// ---- 1. plain --------------------------------------------------------------------------------

//! [13-plain]
class PlainRung : public Rung {
 public:
  explicit PlainRung(MatrixView w)
      : n_out_(w.n_rows),
        n_in_(w.n_cols),
        rows_(static_cast<const float*>(w.data),
              static_cast<const float*>(w.data) + w.n_rows * w.n_cols) {}

  void multiply(const float* x, std::size_t n_rows, float* y) const override {
    for (std::size_t r = 0; r < n_rows; ++r) {
      for (std::size_t o = 0; o < n_out_; ++o) {
        y[r * n_out_ + o] = dot({rows_.data() + o * n_in_, n_in_}, {x + r * n_in_, n_in_});
      }
    }
  }

 private:
  std::size_t n_out_, n_in_;
  std::vector<float> rows_;  // [n_out, n_in]
};
//! [13-plain]

// ---- 2. transposed ---------------------------------------------------------------------------

//! [13-transposed]
class TransposedRung : public Rung {
 public:
  explicit TransposedRung(MatrixView w)
      : n_out_(w.n_rows), n_in_(w.n_cols), columns_(transpose(w)) {}

  void multiply(const float* x, std::size_t n_rows, float* y) const override {
    std::vector<float> even(n_out_), odd(n_out_);
    std::fill_n(y, n_rows * n_out_, 0.0f);
    for (std::size_t r = 0; r < n_rows; ++r) {
      for (std::size_t k = 0; k < n_in_; k += kDotBlock) {
        add_block_to_all(columns_.data() + k * n_out_, x + r * n_in_ + k,
                         std::min(n_in_ - k, kDotBlock), even, odd, y + r * n_out_);
      }
    }
  }

 private:
  std::size_t n_out_, n_in_;
  std::vector<float> columns_;  // [n_in, n_out]
};
//! [13-transposed]

// ---- 3 to 5. lines ---------------------------------------------------------------------------

// Weights in lines of 16 outputs, and the engine's inner loop over a part of the product.
class LinesRung : public Rung {
 public:
  explicit LinesRung(MatrixView w) : n_out_(w.n_rows), n_in_(w.n_cols), lines_(pack_lines(w)) {}

 protected:
  //! [13-compute-part]
  void compute(const Part& part, const float* x, float* y) const {
    Product<float> p = {};
    p.w = lines_.data() + part.output / 16 * n_in_ * 16;
    p.line_stride = n_in_ * 16;
    p.term_stride = 16;
    p.ahead = 128 * p.term_stride;  // asks memory for what comes 8 KB later
    p.x = x + part.row * n_in_;
    p.x_stride = n_in_;
    p.n_rows = part.n_rows;
    p.n_terms = n_in_;
    p.y = y + part.row * n_out_ + part.output;
    p.y_stride = n_out_;
    p.n_outputs = part.n_outputs;
    ops_.product_f32(&p);
  }
  //! [13-compute-part]

  std::size_t n_out_, n_in_;

 private:
  std::vector<float> lines_;                         // [n_out / 16][n_in][16]
  const PackedOps& ops_ = *packed_targets().back();  // the widest registers of this machine
};

//! [13-line-by-line]
class LineByLineRung : public LinesRung {
 public:
  using LinesRung::LinesRung;

  void multiply(const float* x, std::size_t n_rows, float* y) const override {
    for (std::size_t r = 0; r < n_rows; ++r) {
      for (std::size_t o = 0; o < n_out_; o += 16) {
        compute({o, std::min<std::size_t>(n_out_ - o, 16), r, 1}, x, y);
      }
    }
  }
};
//! [13-line-by-line]

//! [13-tiles]
class TileRung : public LinesRung {
 public:
  using LinesRung::LinesRung;

  void multiply(const float* x, std::size_t n_rows, float* y) const override {
    compute({0, n_out_, 0, n_rows}, x, y);
  }
};
//! [13-tiles]

//! [13-blocks]
class BlocksRung : public LinesRung {
 public:
  using LinesRung::LinesRung;

  void multiply(const float* x, std::size_t n_rows, float* y) const override {
    for (const Part& part : cut_into_parts(n_out_, n_rows)) compute(part, x, y);
  }
};
//! [13-blocks]

// ---- 6. threads ------------------------------------------------------------------------------

//! [13-threads]
class ThreadsRung : public LinesRung {
 public:
  ThreadsRung(MatrixView w, ThreadPool& pool) : LinesRung(w), pool_(pool) {}

  void multiply(const float* x, std::size_t n_rows, float* y) const override {
    const std::vector<Part> parts = cut_into_parts(n_out_, n_rows);
    pool_.for_chunks(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) compute(parts[i], x, y);
    });
  }

 private:
  ThreadPool& pool_;
};
//! [13-threads]

template <typename R>
std::unique_ptr<Rung> make_rung(MatrixView w, ThreadPool&) {
  return std::make_unique<R>(w);
}

std::unique_ptr<Rung> make_threads_rung(MatrixView w, ThreadPool& pool) {
  return std::make_unique<ThreadsRung>(w, pool);
}

constexpr RungKind kLadder[] = {
    {"plain", "a dot product for each output", make_rung<PlainRung>},
    {"transposed", "all outputs side by side", make_rung<TransposedRung>},
    {"lines", "16 outputs in a register", make_rung<LineByLineRung>},
    {"tiles", "several rows and lines share their loads", make_rung<TileRung>},
    {"blocks", "weights stay in cache for many rows", make_rung<BlocksRung>},
    {"threads", "parts handed out one by one", make_threads_rung},
};

}  // namespace

std::span<const RungKind> ladder() {
  return kLadder;
}

}  // namespace tokenwalk
