# How everything here is compiled: warnings, sanitizers, ccache.

add_compile_options(
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Wcast-align -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wunused)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wduplicated-cond -Wlogical-op -Wextra-semi)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)  # false alarms in std::string: GCC bug 105651
    add_compile_options(-Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
    add_compile_options(-Wno-mismatched-new-delete)  # and in coroutines: GCC bug 104475
    add_compile_options(-Wno-maybe-uninitialized)  # and in boost::function of empty lambdas
  endif()
endif()
if(DRACHTIO_WERROR)
  add_compile_options(-Werror)
endif()

# Everywhere, rather than by POSITION_INDEPENDENT_CODE (which is -fPIE for programs): so the
# programs can share the library's precompiled header.
add_compile_options(-fPIC)

if(DRACHTIO_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "DRACHTIO_FUZZ needs clang: libFuzzer is part of it.")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  set(DRACHTIO_SANITIZE address,undefined)
endif()
if(DRACHTIO_SANITIZE)
  add_compile_options(-fsanitize=${DRACHTIO_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${DRACHTIO_SANITIZE})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

# ccache takes precompiled headers only if told that it may, and if the compiler plays along.
find_program(CCACHE ccache)
if(DRACHTIO_CCACHE AND CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  else()
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
