// How signals call their slots: each, whatever one throws, on the thread that tells of something.
#pragma once

#include <drachtio/export.hpp>

#include <exception>
#include <functional>
#include <utility>

namespace drachtio {

// Calls every slot, and hands what a slot throws to `on_error` instead of the caller; without one
// it is written to standard error.
class EachSlot {
 public:
  using result_type = void;
  using ErrorHandler = std::function<void(std::exception_ptr)>;

  EachSlot() = default;
  explicit EachSlot(ErrorHandler on_error) : on_error_(std::move(on_error)) {}

  template <typename Slots>
  void operator()(Slots begin, Slots end) const {
    for (; begin != end; ++begin) {
      try {
        *begin;
      } catch (...) {
        on_error_ ? on_error_(std::current_exception()) : print(std::current_exception());
      }
    }
  }

  DRACHTIO_EXPORT static void print(std::exception_ptr thrown);

 private:
  ErrorHandler on_error_;
};

}  // namespace drachtio
