#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/base/program_flags.h"

namespace tokenwalk {

/// A picture as SVG, for a page and for a viewer of its own. Every mark has a class, which the
/// page's style sheet colours by its theme (docs/theme/site.css), and a colour of its own for where
/// there is no style sheet: "series0" to "series3" for data, "grid" for lines behind them, "faint"
/// for what is left out, "mark" for a line that says something, "strong" for bold text.
class Svg {
 public:
  using Points = std::vector<std::pair<double, double>>;

  /// width, height: of the picture, in pixels. label: what it shows, for those who do not see it.
  Svg(double width, double height, const std::string& label);

  /// A filled box. title: what a pointer on it shows; opacity: from 0 to 1.
  void box(double x, double y, double width, double height, const std::string& kind,
           const std::string& title, double opacity = 1);

  /// A line through points.
  void line(const Points& points, const std::string& kind);

  /// Text whose start, middle or end is at (x, y), y being its base line.
  void text(double x, double y, const std::string& text, const char* anchor = "start",
            const std::string& kind = "label");

  /// The whole file.
  std::string str() const { return svg_ + "</svg>\n"; }

 private:
  std::string svg_;
};

/// The flag --figures FOLDER of a program that draws the pictures of its page.
Flag figures_flag();

/// Writes a picture of that name into a folder, which is made if there is none.
/// Throws Error(kBadFile) if it cannot be written.
void write_figure(const std::string& folder, const std::string& name, const std::string& svg);

}  // namespace tokenwalk
