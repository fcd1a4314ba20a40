#include "measure.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

namespace drachtio::bench {

std::int64_t resident_bytes() {
  std::int64_t total = 0;
  std::int64_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

std::string spread(const std::vector<double>& values, int decimals) {
  const auto [least, most] = std::ranges::minmax(values);
  return fmt::format("{:.{}f} ({:.{}f}-{:.{}f})", median(values), decimals, least, decimals, most,
                     decimals);
}

void remove_database(const std::filesystem::path& path) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    std::filesystem::remove(path.string() + suffix);
  }
}

}  // namespace drachtio::bench
