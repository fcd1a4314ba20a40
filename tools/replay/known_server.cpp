#include "replay/known_server.hpp"

#include "projection/selection.hpp"
#include "text/escape.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <cstdio>

namespace drachtio::replay {

bool knows_server(log::Reader& reader, const std::string& pattern) {
  SQLite::Statement statement{
      reader.database(),
      "SELECT EXISTS (SELECT 1 FROM dialog WHERE server GLOB ?1) OR EXISTS (SELECT 1 FROM event "
      "WHERE dialog IS NULL AND json_extract(data, '$.server') GLOB ?1)"};
  statement.bind(1, projection::glob_of(reader.database(), pattern));
  if (statement.executeStep() && statement.getColumn(0).getInt() != 0) return true;
  fmt::print(stderr, "the log knows of no server \"{}\"\n", text::escaped(pattern, 200));
  return false;
}

}  // namespace drachtio::replay
