// DRACHTIO_EXPORT marks what the shared library shows; all else in it is hidden.
#pragma once

#if defined(__GNUC__)  // GCC and clang
#define DRACHTIO_EXPORT __attribute__((visibility("default")))
#else
#define DRACHTIO_EXPORT
#endif
