#include "projection/tracking.hpp"

#include "text/json_writer.hpp"

#include <boost/json.hpp>

#include <array>

namespace drachtio::projection {

namespace {

namespace json = boost::json;
using text::JsonObject;

void write_sdp(JsonObject& object, const Sdp& sdp) {
  object.string("sdp", std::string_view{sdp.text});
  object.string("content_type", sdp.content_type);
}

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  return std::string{std::string_view{value->as_string()}};
}

std::optional<Sdp> sdp_of(const json::object& object) {
  auto text = text_of(object, "sdp");
  if (!text) return std::nullopt;
  return Sdp{std::move(*text), text_of(object, "content_type")};
}

bool flag(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->as_bool();
}

WaitingOffer read_offer(const json::object& object) {
  WaitingOffer offer;
  offer.method = text_of(object, "method").value_or("");
  offer.cseq = object.at("cseq").to_number<std::uint32_t>();
  offer.by_us = flag(object, "by_us");
  offer.answered = flag(object, "answered");
  offer.sdp = sdp_of(object);
  offer.signaling_address = text_of(object, "address");
  if (const json::value* port = object.if_contains("port")) {
    offer.signaling_port = port->to_number<std::uint16_t>();
  }
  return offer;
}

}  // namespace

std::string tracking_json(const DialogState& dialog) {
  std::string out;
  JsonObject object{out};
  object.number("cseq", dialog.invite.cseq);
  object.string("branch", std::string_view{dialog.invite.branch});
  if (!dialog.invite.transaction_id.empty()) {
    object.string("transaction_id", std::string_view{dialog.invite.transaction_id});
  }
  if (dialog.late_offer) object.boolean("late_offer", true);
  if (dialog.was_early) object.boolean("was_early", true);
  if (dialog.inferred) object.boolean("inferred", true);
  if (dialog.joined != 0) object.number("joined", dialog.joined);
  if (!dialog.early_answers.empty()) {
    std::string list;
    for (const EarlyAnswer& answer : dialog.early_answers) {
      list += list.empty() ? '[' : ',';
      JsonObject item{list};
      item.string("to_tag", std::string_view{answer.to_tag});
      write_sdp(item, answer.sdp);
    }
    object.raw("early_answers", list + ']');
  }
  if (!dialog.early_agreements.empty()) {
    std::string list;
    for (const EarlyAgreement& agreement : dialog.early_agreements) {
      list += list.empty() ? '[' : ',';
      JsonObject item{list};
      item.string("to_tag", agreement.to_tag);
      if (agreement.of_caller) write_sdp(item, *agreement.of_caller);
      item.boolean("held_locally", agreement.held_locally);
      item.boolean("held_remotely", agreement.held_remotely);
    }
    object.raw("early_agreements", list + ']');
  }
  if (!dialog.offers.empty()) {
    std::string list;
    for (const WaitingOffer& offer : dialog.offers) {
      list += list.empty() ? '[' : ',';
      JsonObject item{list};
      item.string("method", std::string_view{offer.method});
      item.number("cseq", offer.cseq);
      item.boolean("by_us", offer.by_us);
      item.boolean("answered", offer.answered);
      if (offer.sdp) write_sdp(item, *offer.sdp);
      item.string("address", offer.signaling_address);
      if (offer.signaling_port) item.number("port", *offer.signaling_port);
    }
    object.raw("offers", list + ']');
  }
  object.close();
  return out;
}

void read_tracking(std::string_view text, DialogState& dialog) {
  std::array<unsigned char, 2048> buffer;
  json::monotonic_resource memory{buffer.data(), buffer.size()};
  const json::value value = json::parse(text, &memory);
  const json::object& object = value.as_object();
  dialog.invite.cseq = object.at("cseq").to_number<std::uint32_t>();
  dialog.invite.branch = text_of(object, "branch").value_or("");
  dialog.invite.transaction_id = text_of(object, "transaction_id").value_or("");
  dialog.late_offer = flag(object, "late_offer");
  dialog.was_early = flag(object, "was_early");
  dialog.inferred = flag(object, "inferred");
  if (const json::value* joined = object.if_contains("joined")) {
    dialog.joined = joined->to_number<std::int64_t>();
  }
  if (const json::value* answers = object.if_contains("early_answers")) {
    for (const json::value& item : answers->as_array()) {
      dialog.early_answers.push_back({text_of(item.as_object(), "to_tag").value_or(""),
                                      sdp_of(item.as_object()).value_or(Sdp{})});
    }
  }
  if (const json::value* agreements = object.if_contains("early_agreements")) {
    for (const json::value& item : agreements->as_array()) {
      const json::object& agreement = item.as_object();
      dialog.early_agreements.push_back({text_of(agreement, "to_tag"), sdp_of(agreement),
                                         flag(agreement, "held_locally"),
                                         flag(agreement, "held_remotely")});
    }
  }
  if (const json::value* offers = object.if_contains("offers")) {
    for (const json::value& item : offers->as_array()) {
      dialog.offers.push_back(read_offer(item.as_object()));
    }
  }
}

}  // namespace drachtio::projection
