#include "wire/compose.hpp"

#include "text/escape.hpp"

#include <stdexcept>

namespace drachtio::wire {

namespace {

constexpr std::size_t longest_shown = 100;

std::string_view checked(std::string_view token) {
  if (token.find_first_of("|\r\n") != std::string_view::npos) {
    throw std::invalid_argument{"\"" + text::escaped(token, longest_shown) +
                                "\" has a bar or a line break, and cannot stand in a frame"};
  }
  return token;
}

// `sip|<transactionId>|<dialogId>` and the message.
ClientFrame sip_frame(std::string_view transaction_id, std::string_view dialog_id,
                      std::string_view sip) {
  std::string text;
  text.reserve(transaction_id.size() + dialog_id.size() + sip.size() + 8);
  text.append("sip|").append(checked(transaction_id)).append("|").append(checked(dialog_id));
  text.append("\r\n").append(sip);
  return {Envelope::Kind::other, std::move(text)};
}

std::string token_of(std::chrono::milliseconds timeout) {
  return timeout.count() > 0 ? std::to_string(timeout.count()) + "ms" : std::string{};
}

}  // namespace

std::string_view ClientFrame::first_line() const {
  return std::string_view{text}.substr(0, text.find("\r\n"));
}

ClientFrame login(std::string_view secret, std::string_view tags) {
  std::string text = "authenticate|";
  text.append(secret).append("|").append(tags);
  return {Envelope::Kind::authenticate, std::move(text)};
}

ClientFrame route(std::string_view verb) {
  return {Envelope::Kind::other, "route|" + std::string{verb}};
}

ClientFrame ping() { return {Envelope::Kind::other, "ping"}; }

ClientFrame request(std::string_view sip, std::string_view route) {
  std::string text = "sip||";
  if (!route.empty()) text.append("|").append(checked(route));
  return {Envelope::Kind::other, text.append("\r\n").append(sip)};
}

ClientFrame request_in_dialog(std::string_view dialog_id, std::string_view sip) {
  return sip_frame({}, dialog_id, sip);
}

ClientFrame answer(std::string_view transaction_id, std::string_view sip) {
  return sip_frame(transaction_id, {}, sip);
}

ClientFrame cancel(std::string_view transaction_id, std::string_view sip) {
  return sip_frame(transaction_id, {}, sip);
}

ClientFrame proxy(const Proxied& request, std::string_view sip) {
  std::string text = "proxy|";
  text.append(checked(request.transaction_id));
  text += request.remain_in_dialog ? "|remainInDialog" : "|";
  text += request.full_response ? "|fullResponse" : "|";
  text += request.follow_redirects ? "|followRedirects" : "|";
  text += request.simultaneous ? "|simultaneous" : "|serial";
  text += '|' + token_of(request.provisional_timeout) + '|' + token_of(request.final_timeout);
  for (const std::string& destination : request.destinations) {
    text.append("|").append(checked(destination));
  }
  return {Envelope::Kind::proxy, text.append("\r\n").append(sip)};
}

}  // namespace drachtio::wire
