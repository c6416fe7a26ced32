// Chapter 04 as operations.
#include "chapters/04_transformer/layers.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

std::vector<float> floats(const json& args, const char* name) {
  return to_floats(args.at(name));
}

json embedding(const json& args) {
  const std::vector<float> table = floats(args, "table");
  const std::size_t n_cols = args.at("n_cols");
  std::vector<float> x(n_cols);
  embed(MatrixView{table.data(), table.size() / n_cols, n_cols}, args.at("id"), x);
  return numbers(x);
}

json norm(const json& args) {
  std::vector<float> y(args.at("x").size());
  rmsnorm(floats(args, "x"), floats(args, "weight"), args.at("eps"), y);
  return numbers(y);
}

json norm_in_place(const json& args) {
  std::vector<float> x = floats(args, "x");
  rmsnorm(x, floats(args, "weight"), args.at("eps"), x);
  return numbers(x);
}

json rotate(const json& args) {
  std::vector<float> head = floats(args, "head");
  rotate_head(head, floats(args, "cosines"), floats(args, "sines"));
  return numbers(head);
}

json attend_one(const json& args) {
  const std::vector<float> q = floats(args, "q"), k = floats(args, "keys"),
                           v = floats(args, "values");
  const std::size_t stride = args.at("stride");
  std::vector<float> out(q.size());
  attend_head(q, {k.data(), stride}, {v.data(), stride}, args.at("n_positions"), out);
  return numbers(out);
}

json attend_all(const json& args) {
  const std::vector<float> q = floats(args, "q"), k = floats(args, "keys"),
                           v = floats(args, "values");
  const AttentionShape shape = {args.at("n_heads"), args.at("n_kv_heads"), args.at("head_dim")};
  std::vector<float> out(q.size());
  attend_grouped(shape, q.data(), k.data(), v.data(), args.at("n_positions"), out.data());
  return numbers(out);
}

json gate(const json& args) {
  std::vector<float> g = floats(args, "gate");
  silu_gate(g, floats(args, "up"));
  return numbers(g);
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {
      {"embed", embedding},    {"rmsnorm", norm},           {"rmsnorm_in_place", norm_in_place},
      {"rotate_head", rotate}, {"attend_head", attend_one}, {"attend_grouped", attend_all},
      {"silu_gate", gate}};
  return operations;
}

}  // namespace tokenwalk::grading
