#pragma once

#include <string>
#include <vector>

namespace tokenwalk {

/// A computation in the picture: operations for each byte that it must read, and operations a
/// second that it reaches.
struct RooflinePoint {
  std::string label;
  double ops_per_byte = 0;
  double ops_per_second = 0;
};

/// An SVG with logarithmic axes: the limit min(bytes a second * operations a byte, peak), and the
/// points under it. Text and lines take the page's colour.
/// Source: Williams, Waterman, Patterson, "Roofline: an insightful visual performance model"
/// (2009).
std::string draw_roofline(const std::vector<RooflinePoint>& points, double bytes_per_second,
                          double peak_ops);

}  // namespace tokenwalk
