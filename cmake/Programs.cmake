# The programs of tools/ (one a folder) and examples/ (one a file), all into bin/.

find_package(CLI11 REQUIRED CONFIG)
find_package(fmt REQUIRED CONFIG)
find_package(spdlog REQUIRED CONFIG)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)

# drachtio_program(<name> <library> <folder>...): every .cpp of tools/<folder>, linked with
# drachtio-core or drachtio-internal; nothing while there is none.
# Only the file that parses arguments should include CLI11, which costs seconds in each that does.
set(DRACHTIO_PROGRAMS "")
function(drachtio_program name library)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/tools/ OUTPUT_VARIABLE folders)
  list(TRANSFORM folders APPEND /*.cpp OUTPUT_VARIABLE patterns)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${patterns})
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tools)
  target_compile_definitions(${name} PRIVATE DRACHTIO_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${name} PRIVATE ${library} fmt::fmt spdlog::spdlog CLI11::CLI11)
  drachtio_share_precompiled(${name} drachtio-core-objects)
  set(DRACHTIO_PROGRAMS ${DRACHTIO_PROGRAMS} ${name} PARENT_SCOPE)
endfunction()

drachtio_program(dialog-recorder drachtio-core recorder console)
drachtio_program(dialog-replay drachtio-core replay console)
target_link_libraries(dialog-replay PRIVATE PkgConfig::PCAP)
drachtio_program(drachtio-bench drachtio-internal bench)
drachtio_program(drachtio-sim drachtio-internal sim)

file(GLOB examples CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/examples/*.cpp)
foreach(example IN LISTS examples)
  cmake_path(GET example STEM name)
  add_executable(${name} ${example})
  target_link_libraries(${name} PRIVATE drachtio-dialog-static)
endforeach()
