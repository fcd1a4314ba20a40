// Standard output. What cannot be written is noticed at the end, rather than thrown in the middle.
#pragma once

#include <string_view>

namespace drachtio::tools {

void put(std::string_view text);
// Whether anything of what was put did not get there; also empties the buffer.
bool output_failed();

}  // namespace drachtio::tools
