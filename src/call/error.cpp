// This file names the errors of call control (drachtio/error.hpp).
#include <drachtio/error.hpp>

#include <string>

namespace drachtio {

namespace {

// error_category has a protected destructor, which is as safe as a virtual one here.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "drachtio"; }
  [[nodiscard]] std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::no_link: return "there is no link to the server";
      case Errc::refused_by_server: return "drachtio-server refused it";
      case Errc::unknown_dialog: return "the server does not know the dialog";
      case Errc::too_long: return "the message is too long for a drachtio-server";
      case Errc::malformed: return "it would be no SIP message";
      case Errc::answered_already: return "a final answer has been sent";
      case Errc::cancelled: return "the call was cancelled";
      case Errc::dialog_over: return "the dialog has ended";
      case Errc::no_dialog: return "this handle controls no dialog";
      case Errc::rejected: return "the far end refused it";
      case Errc::log_failed: return "the log cannot be written";
      case Errc::no_certificates: return "the certificates for TLS cannot be read";
    }
    return "unknown error";
  }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& agent_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace drachtio
