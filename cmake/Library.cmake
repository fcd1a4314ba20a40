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
  COMPILE_OPTIONS -w SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)

# In a unity build each room is one source (the agent, the largest, is two; the small ones are one together), so names in
# unnamed namespaces must differ within a room, and only there.
foreach(source IN LISTS sources)
  cmake_path(GET source PARENT_PATH room)
  cmake_path(GET room FILENAME room)
  if(source MATCHES "/src/agent/[m-z]")
    set(room agent-2)
  elseif(room MATCHES "^(digest|text|wire)$")
    set(room small-rooms)
  endif()
  set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${room})
endforeach()

# What most files include, parsed once: drachtio_precompile(<target> <header>...), and for a target
# that shares that of another, drachtio_share_precompiled(<target> <other>). A unity build does
# without: it parses them once a batch, which costs less than writing and reading the precompiled
# file. Asio is left out on purpose: it is heavy, and few files include it.
set(DRACHTIO_PRECOMPILED
  <algorithm> <array> <chrono> <cstdint> <deque> <functional> <map> <memory> <mutex> <optional>
  <span> <stdexcept> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
function(drachtio_precompile target)
  if(NOT CMAKE_UNITY_BUILD)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
function(drachtio_share_precompiled target other)
  if(NOT CMAKE_UNITY_BUILD)
    target_precompile_headers(${target} REUSE_FROM ${other})
  endif()
endfunction()

# The rooms in two halves: dialog-recorder and dialog-replay are built without the agent.
set(agent_sources ${sources})
list(FILTER agent_sources INCLUDE REGEX "/src/(agent|call)/")
list(FILTER sources EXCLUDE REGEX "/src/(agent|call)/")
add_library(drachtio-core-objects OBJECT ${sources} ${embedded})
set(halves drachtio-core-objects)
if(agent_sources)
  add_library(drachtio-agent-objects OBJECT ${agent_sources})
  list(APPEND halves drachtio-agent-objects)
endif()
set(objects "")
foreach(half IN LISTS halves)
  set_target_properties(${half} PROPERTIES UNITY_BUILD_MODE GROUP)
  target_include_directories(${half}
    PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${half}
    PUBLIC ${DRACHTIO_PUBLIC_LIBRARIES} PRIVATE ${DRACHTIO_PRIVATE_LIBRARIES})
  list(APPEND objects $<TARGET_OBJECTS:${half}>)
endforeach()
drachtio_precompile(drachtio-core-objects ${DRACHTIO_PRECOMPILED})
if(agent_sources)
  drachtio_share_precompiled(drachtio-agent-objects drachtio-core-objects)
endif()

add_library(drachtio-dialog SHARED ${objects})
add_library(drachtio-dialog-static STATIC ${objects})
foreach(library IN ITEMS drachtio-dialog drachtio-dialog-static)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME drachtio-dialog)
  target_compile_features(${library} INTERFACE cxx_std_20)
  target_include_directories(${library} INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${library}
    PUBLIC ${DRACHTIO_PUBLIC_LIBRARIES} PRIVATE ${DRACHTIO_PRIVATE_LIBRARIES})
endforeach()
# Before 1.0 a minor version may break what was linked with the one before.
set_target_properties(drachtio-dialog PROPERTIES VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_link_options(drachtio-dialog PRIVATE LINKER:--exclude-libs,ALL)

# The library as our own programs and tests see it, private headers and all: whole, or without the
# agent.
add_library(drachtio-internal INTERFACE)
target_include_directories(drachtio-internal INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(drachtio-internal INTERFACE
  drachtio-dialog-static ${DRACHTIO_PRIVATE_LIBRARIES})

add_library(drachtio-core STATIC $<TARGET_OBJECTS:drachtio-core-objects>)
target_include_directories(drachtio-core
  INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(drachtio-core
  INTERFACE ${DRACHTIO_PUBLIC_LIBRARIES} ${DRACHTIO_PRIVATE_LIBRARIES})
