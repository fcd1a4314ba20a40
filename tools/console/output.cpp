#include "console/output.hpp"

#include <cstdio>

namespace drachtio::tools {

void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void put_error(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

bool output_failed() { return std::fflush(stdout) != 0 || std::ferror(stdout) != 0; }

}  // namespace drachtio::tools
