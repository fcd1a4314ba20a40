// Catch2, whichever of its versions 2 and 3 is installed. Part of the tests' precompiled header.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
