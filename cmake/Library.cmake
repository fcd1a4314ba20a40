# libdrachtio-dialog: every src/**/*.cpp, compiled once, packed twice (static and shared).

file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*.cpp)
if(DRACHTIO_FUZZ)
  # clang 14 cannot assemble coroutines under the fuzzer's sanitizers ("Cannot represent a
  # difference across sections"). No fuzz target reaches the network, or the room agent, which
  # alone includes net.
  list(FILTER sources EXCLUDE REGEX "/src/(net|agent)/")
endif()
set(embedded ${CMAKE_BINARY_DIR}/generated/embedded_sql.cpp)
embed_sql(${embedded})
set_source_files_properties(${embedded} PROPERTIES
  COMPILE_OPTIONS -w SKIP_PRECOMPILE_HEADERS ON)

add_library(drachtio-objects OBJECT ${sources} ${embedded})
target_include_directories(drachtio-objects
  PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(drachtio-objects
  PUBLIC ${DRACHTIO_PUBLIC_LIBRARIES} PRIVATE ${DRACHTIO_PRIVATE_LIBRARIES})

# Asio is left out on purpose: it is heavy, and few files include it.
set(DRACHTIO_PRECOMPILED
  <boost/json.hpp> <boost/signals2.hpp> <fmt/format.h>
  <algorithm> <array> <chrono> <cstdint> <deque> <functional> <map> <memory> <mutex> <optional>
  <span> <stdexcept> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
target_precompile_headers(drachtio-objects PRIVATE ${DRACHTIO_PRECOMPILED})

add_library(drachtio-dialog SHARED $<TARGET_OBJECTS:drachtio-objects>)
add_library(drachtio-dialog-static STATIC $<TARGET_OBJECTS:drachtio-objects>)
foreach(library IN ITEMS drachtio-dialog drachtio-dialog-static)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME drachtio-dialog)
  target_compile_features(${library} INTERFACE cxx_std_20)
  target_include_directories(${library} INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${library}
    PUBLIC ${DRACHTIO_PUBLIC_LIBRARIES} PRIVATE ${DRACHTIO_PRIVATE_LIBRARIES})
endforeach()
set_target_properties(drachtio-dialog PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_link_options(drachtio-dialog PRIVATE LINKER:--exclude-libs,ALL)

# The library as our own programs and tests see it: static, private headers and all.
add_library(drachtio-internal INTERFACE)
target_include_directories(drachtio-internal INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(drachtio-internal INTERFACE
  drachtio-dialog-static ${DRACHTIO_PRIVATE_LIBRARIES})
