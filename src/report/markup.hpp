// This file makes texts from the network fit for SVG and HTML, where they are shown and never
// obeyed.
#pragma once

#include <string>
#include <string_view>

namespace drachtio::report {

// Returns the text, UTF-8 or not, as character data or an attribute's quoted value of XML 1.0 and
// of HTML: markup characters become references, and what must not be shown is escaped as on a
// terminal (text/escape.hpp), with what XML 1.0 does not allow.
std::string markup(std::string_view text);

}  // namespace drachtio::report
