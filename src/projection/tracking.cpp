#include "projection/tracking.hpp"

#include "text/json_writer.hpp"

#include <boost/json.hpp>

#include <array>

namespace drachtio::projection {

namespace {

namespace json = boost::json;
using text::JsonObject;

void write_sdp(JsonObject& object, const Sdp& sdp, std::string_view name = "sdp") {
  object.number(name, sdp.position);
}

void write_invite(JsonObject& object, const InviteTransaction& invite) {
  object.number("cseq", invite.cseq);
  object.string("branch", std::string_view{invite.branch});
  if (!invite.transaction_id.empty()) {
    object.string("transaction_id", std::string_view{invite.transaction_id});
  }
  object.number("at", to_integer(invite.at));
  if (invite.from_call_record) object.boolean("from_call_record", true);
}

void write_early_answer(JsonObject& object, const EarlyAnswer& answer) {
  object.string("to_tag", std::string_view{answer.to_tag});
  write_sdp(object, answer.sdp);
}

void write_agreement(JsonObject& object, const EarlyAgreement& agreement) {
  object.string("to_tag", agreement.to_tag);
  if (agreement.of_caller) write_sdp(object, *agreement.of_caller);
  object.boolean("held_locally", agreement.held_locally);
  object.boolean("held_remotely", agreement.held_remotely);
  if (!agreement.held_streams.empty()) {
    object.string("held_streams", std::string_view{agreement.held_streams});
  }
}

void write_former_stream(JsonObject& object, const FormerStream& former) {
  object.number("line", static_cast<std::int64_t>(former.line));
  write_sdp(object, former.sdp);
}

void write_offer(JsonObject& object, const WaitingOffer& offer) {
  object.string("method", std::string_view{offer.method});
  object.number("cseq", offer.cseq);
  object.boolean("by_us", offer.by_us);
  if (offer.late) object.boolean("late", true);
  object.boolean("answered", offer.answered);
  if (offer.of_requester) write_sdp(object, *offer.of_requester);
  if (offer.of_responder) write_sdp(object, *offer.of_responder, "answer");
  object.string("address", offer.signaling_address);
  if (offer.signaling_port) object.number("port", *offer.signaling_port);
}

void write_early_dialog(JsonObject& object, const EarlyDialog& early) {
  object.string("to_tag", std::string_view{early.to_tag});
  if (early.ended) object.boolean("ended", true);
}

template <typename Items, typename Write>
std::string list_of(const Items& items, const Write& write) {
  std::string list;
  for (const auto& item : items) {
    list += list.empty() ? '[' : ',';
    JsonObject object{list};
    write(object, item);
  }
  return list + ']';
}

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  return std::string{std::string_view{value->as_string()}};
}

std::optional<Sdp> sdp_of(const json::object& object, std::string_view name = "sdp") {
  const json::value* position = object.if_contains(name);
  if (position == nullptr) return std::nullopt;
  return Sdp{{}, {}, position->to_number<std::int64_t>()};
}

bool flag(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->as_bool();
}

InviteTransaction invite_of(const json::object& object) {
  InviteTransaction invite;
  invite.cseq = object.at("cseq").to_number<std::uint32_t>();
  invite.branch = text_of(object, "branch").value_or("");
  invite.transaction_id = text_of(object, "transaction_id").value_or("");
  invite.at = to_instant(object.at("at").to_number<std::int64_t>());
  invite.from_call_record = flag(object, "from_call_record");
  return invite;
}

CancelReason read_cancel(const json::object& object) {
  CancelReason cancel;
  cancel.text = text_of(object, "text");
  if (const json::value* cause = object.if_contains("q850_cause")) {
    cancel.q850_cause = cause->to_number<int>();
  }
  cancel.completed_elsewhere = flag(object, "completed_elsewhere");
  return cancel;
}

WaitingOffer read_offer(const json::object& object) {
  WaitingOffer offer;
  offer.method = text_of(object, "method").value_or("");
  offer.cseq = object.at("cseq").to_number<std::uint32_t>();
  offer.by_us = flag(object, "by_us");
  offer.answered = flag(object, "answered");
  offer.late = flag(object, "late");
  offer.of_requester = sdp_of(object);
  offer.of_responder = sdp_of(object, "answer");
  offer.signaling_address = text_of(object, "address");
  if (const json::value* port = object.if_contains("port")) {
    offer.signaling_port = port->to_number<std::uint16_t>();
  }
  return offer;
}

}  // namespace

std::string invite_json(const dialog::Dialog& dialog) {
  std::string out;
  JsonObject object{out};
  write_invite(object, dialog.invite);
  object.close();
  return out;
}

std::string tracking_json(const dialog::Dialog& dialog) {
  std::string out;
  JsonObject object{out};
  if (!dialog.invite.uri.empty()) object.string("uri", std::string_view{dialog.invite.uri});
  if (!dialog.earlier_invites.empty()) {
    object.raw("earlier_invites", list_of(dialog.earlier_invites, write_invite));
  }
  if (!dialog.to_tags.empty()) {
    std::string list;
    for (const std::string& tag : dialog.to_tags) {
      list += list.empty() ? '[' : ',';
      text::append_json_string(list, tag);
    }
    object.raw("to_tags", list + ']');
  }
  if (dialog.final_from_call_record) object.boolean("final_from_call_record", true);
  if (dialog.cancel_sent) {
    JsonObject cancel = object.child("cancel_sent");
    cancel.string("text", dialog.cancel_sent->text);
    if (dialog.cancel_sent->q850_cause)
      cancel.number("q850_cause", *dialog.cancel_sent->q850_cause);
    if (dialog.cancel_sent->completed_elsewhere) cancel.boolean("completed_elsewhere", true);
  }
  if (dialog.completed_elsewhere) object.boolean("completed_elsewhere", true);
  if (dialog.gone) {
    JsonObject gone = object.child("gone");
    gone.number("status", dialog.gone->status);
    gone.number("at", to_integer(dialog.gone->at));
  }
  if (dialog.answered_by_proxy) object.boolean("answered_by_proxy", true);
  if (!dialog.held_streams.empty()) {
    object.string("held_streams", std::string_view{dialog.held_streams});
  }
  if (!dialog.wanted_streams.empty()) {
    object.string("wanted_streams", std::string_view{dialog.wanted_streams});
  }
  if (!dialog.former_streams.empty()) {
    object.raw("former_streams", list_of(dialog.former_streams, write_former_stream));
  }
  if (dialog.late_offer) object.boolean("late_offer", true);
  if (dialog.was_early) object.boolean("was_early", true);
  if (dialog.inferred) object.boolean("inferred", true);
  if (dialog.joined != 0) object.number("joined", dialog.joined);
  if (!dialog.early_answers.empty()) {
    object.raw("early_answers", list_of(dialog.early_answers, write_early_answer));
  }
  if (!dialog.early_agreements.empty()) {
    object.raw("early_agreements", list_of(dialog.early_agreements, write_agreement));
  }
  if (!dialog.offers.empty()) object.raw("offers", list_of(dialog.offers, write_offer));
  if (!dialog.early_dialogs.empty()) {
    object.raw("early_dialogs", list_of(dialog.early_dialogs, write_early_dialog));
  }
  object.close();
  return out;
}

void read_invite(std::string_view text, dialog::Dialog& dialog) {
  std::array<unsigned char, 1024> buffer;
  json::monotonic_resource memory{buffer.data(), buffer.size()};
  dialog.invite = invite_of(json::parse(text, &memory).as_object());
}

void read_tracking(std::string_view text, dialog::Dialog& dialog) {
  std::array<unsigned char, 2048> buffer;
  json::monotonic_resource memory{buffer.data(), buffer.size()};
  const json::value value = json::parse(text, &memory);
  const json::object& object = value.as_object();
  dialog.invite.uri = text_of(object, "uri").value_or("");
  if (const json::value* invites = object.if_contains("earlier_invites")) {
    for (const json::value& item : invites->as_array()) {
      dialog.earlier_invites.push_back(invite_of(item.as_object()));
    }
  }
  if (const json::value* tags = object.if_contains("to_tags")) {
    for (const json::value& tag : tags->as_array()) {
      dialog.to_tags.emplace_back(std::string_view{tag.as_string()});
    }
  }
  dialog.final_from_call_record = flag(object, "final_from_call_record");
  if (const json::value* cancel = object.if_contains("cancel_sent")) {
    dialog.cancel_sent = read_cancel(cancel->as_object());
  }
  dialog.completed_elsewhere = flag(object, "completed_elsewhere");
  if (const json::value* gone = object.if_contains("gone")) {
    dialog.gone = {gone->as_object().at("status").to_number<int>(),
                   to_instant(gone->as_object().at("at").to_number<std::int64_t>())};
  }
  dialog.answered_by_proxy = flag(object, "answered_by_proxy");
  dialog.held_streams = text_of(object, "held_streams").value_or("");
  dialog.wanted_streams = text_of(object, "wanted_streams").value_or("");
  if (const json::value* former = object.if_contains("former_streams")) {
    for (const json::value& item : former->as_array()) {
      const json::object& stream = item.as_object();
      dialog.former_streams.push_back(
          {stream.at("line").to_number<std::size_t>(), sdp_of(stream).value_or(Sdp{})});
    }
  }
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
      dialog.early_agreements.push_back(
          {text_of(agreement, "to_tag"), sdp_of(agreement), flag(agreement, "held_locally"),
           flag(agreement, "held_remotely"), text_of(agreement, "held_streams").value_or("")});
    }
  }
  if (const json::value* offers = object.if_contains("offers")) {
    for (const json::value& item : offers->as_array()) {
      dialog.offers.push_back(read_offer(item.as_object()));
    }
  }
  if (const json::value* dialogs = object.if_contains("early_dialogs")) {
    for (const json::value& item : dialogs->as_array()) {
      dialog.early_dialogs.push_back(
          {text_of(item.as_object(), "to_tag").value_or(""), flag(item.as_object(), "ended")});
    }
  }
}

}  // namespace drachtio::projection
