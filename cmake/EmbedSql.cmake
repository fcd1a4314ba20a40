# embed_sql(<output.cpp>): writes a C++ file that defines what src/log/embedded_sql.hpp declares,
# holding every file of migrations/, queries/ and schema/, sorted by name. The text goes through as hex
# escapes, so nothing in it needs quoting. A changed, added or removed .sql file makes the next
# build configure again, which rewrites the output only if it differs.

function(embed_sql output)
  set(definitions "")
  foreach(folder IN ITEMS migrations queries schema)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.sql)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
    list(LENGTH files count)
    set(entries "")
    foreach(file IN LISTS files)
      cmake_path(GET file FILENAME name)
      file(READ ${file} hex HEX)
      string(LENGTH "${hex}" digits)
      math(EXPR bytes "${digits} / 2")
      string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${hex}")
      string(REGEX REPLACE "(\\\\x0a)" "\\1\"\n     \"" text "${text}")
      string(APPEND entries "    {\"${name}\", {\n     \"${text}\", ${bytes}}},\n")
    endforeach()
    string(APPEND definitions
      "constexpr std::array<SqlFile, ${count}> ${folder}_files{{\n${entries}}};\n\n")
  endforeach()
  file(CONFIGURE OUTPUT ${output} CONTENT [[
// Generated from migrations/, queries/ and schema/ by cmake/EmbedSql.cmake: do not edit.
#include "log/embedded_sql.hpp"

#include <array>

namespace drachtio::log {
namespace {

@definitions@}  // namespace

std::span<const SqlFile> migrations() { return migrations_files; }
std::span<const SqlFile> queries() { return queries_files; }
std::span<const SqlFile> schema() { return schema_files; }

}  // namespace drachtio::log
]] @ONLY)
endfunction()
