// Standard output and standard error. What cannot be written throws nothing in the middle of work.
#pragma once

#include <string_view>

namespace drachtio::tools {

void put(std::string_view text);
void put_error(std::string_view text);
// Whether anything of what was put on standard output did not get there; also empties the buffer.
bool output_failed();

}  // namespace drachtio::tools
