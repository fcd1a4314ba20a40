// This file draws a ladder as a picture: scalable vector graphics (SVG 1.1), by itself or within a
// page.
#pragma once

#include "report/ladder.hpp"

#include <functional>
#include <string>

namespace drachtio::report {

struct SvgStyle {
  // Returns an instant as RFC 3339 text, in the zone to be shown.
  std::function<std::string(Instant)> time;
  bool with_heading = true;  // above the ladder; a page has one of its own
  bool links_to_messages =
      false;  // from a label to the place in the page that message_place() names
};

// A Picture is a part of a document, and the room it takes, in pixels.
struct Picture {
  std::string svg;  // an <svg> element that begins at (0, 0), without a style sheet
  double width = 0;
  double height = 0;
};

// Draws the ladder. Texts from the network are escaped (markup.hpp).
Picture draw_svg(const Ladder& ladder, const SvgStyle& style);

// Returns a whole SVG file of pictures, one below another. It loads nothing, and has no script.
std::string svg_file(const std::vector<Picture>& pictures);

// Returns the style sheet of all pictures in a document.
std::string_view svg_style_sheet();

// Returns the id of a message's place in a page.
std::string message_place(std::int64_t position);

}  // namespace drachtio::report
