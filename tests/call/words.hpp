// Errors in a word each, for tests that compare actions in words.
#pragma once

#include <drachtio/error.hpp>

#include <boost/system/error_code.hpp>

#include <string>

namespace drachtio::test {

inline std::string word(const boost::system::error_code& error) {
  if (!error) return "ok";
  if (error == Errc::answered_already) return "answered_already";
  if (error == Errc::cancelled) return "cancelled";
  if (error == Errc::dialog_over) return "dialog_over";
  if (error == Errc::malformed) return "malformed";
  if (error == Errc::no_dialog) return "no_dialog";
  if (error == Errc::no_link) return "no_link";
  if (error == Errc::refused_by_server) return "refused";
  if (error == Errc::rejected) return "rejected";
  if (error == Errc::too_long) return "too_long";
  return error.message();
}

}  // namespace drachtio::test
