#include "replay/changes.hpp"

#include "text/json_writer.hpp"
#include "text/timestamp.hpp"

#include <optional>
#include <string_view>

namespace drachtio::replay {

namespace {

using Text = std::optional<std::string>;

template <typename Enum>
Text name_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string{to_string(*value)};
}

template <typename Number>
Text number_of(const std::optional<Number>& value) {
  if (!value) return std::nullopt;
  return std::to_string(*value);
}

Text time_of(const std::optional<Instant>& value) {
  if (!value) return std::nullopt;
  return text::rfc3339(*value);
}

class Differences {
 public:
  Differences(const dialog::Dialog& before, const dialog::Dialog& after, Zone zone)
      : before_(before), after_(after), zone_(zone), first_(before.version == 0) {}

  std::vector<Change> find() {
    state();
    party("calling_party", "caller", before_.calling_party, after_.calling_party);
    party("called_party", "callee", before_.called_party, after_.called_party);
    times();
    endpoint("local", before_.local, after_.local);
    endpoint("remote", before_.remote, after_.remote);
    const Text hold_before{std::string{to_string(before_.hold())}};
    const Text hold_after{std::string{to_string(after_.hold())}};
    compare("hold", hold_before, hold_after, "hold " + *hold_after);
    compare_number("status", number_of(before_.status), number_of(after_.status), "status");
    compare("cause", name_of(before_.cause), name_of(after_.cause),
            spoken("cause", name_of(after_.cause)));
    compare("reason", before_.reason, after_.reason,
            after_.reason ? "\"" + *after_.reason + "\"" : std::string{});
    if (before_.session != after_.session) {
      add("session", after_.session, "session " + after_.session);
    }
    return std::move(changes_);
  }

 private:
  static std::string spoken(const std::string& name, const Text& value) {
    return value ? name + ' ' + *value : "no " + name;
  }

  void add(const std::string& property, const std::string& json, const std::string& words) {
    changes_.push_back({property, json, words});
  }

  void compare(const std::string& property, const Text& before, const Text& after,
               const std::string& words) {
    if (before == after) return;
    std::string json = "null";
    if (after) {
      json.clear();
      text::append_json_string(json, *after);
    }
    add(property, json, words);
  }

  void compare_number(const std::string& property, const Text& before, const Text& after,
                      const std::string& name) {
    if (before != after) add(property, after.value_or("null"), spoken(name, after));
  }

  void state() {
    const std::string before{to_string(before_.state)};
    const std::string after{to_string(after_.state)};
    if (first_) {
      compare("state", Text{}, Text{after}, "state " + after);
    } else {
      compare("state", Text{before}, Text{after}, "state " + before + " -> " + after);
    }
  }

  void party(const std::string& property, const std::string& name, const Party& before,
             const Party& after) {
    compare(property + ".user", before.user, after.user,
            first_ ? std::string{} : spoken(name, after.user));  // the heading has it
    compare(property + ".display", before.display, after.display,
            first_          ? std::string{}
            : after.display ? name + " named \"" + *after.display + "\""
                            : name + " without a name");
    compare(property + ".privacy", before.privacy, after.privacy,
            spoken(name + " privacy", after.privacy));
  }

  // Start and connection are at the event's own time; an end may be earlier.
  void times() {
    compare("times.start_time", time_of(before_.times.start_time), time_of(after_.times.start_time),
            "");
    compare("times.connect_time", time_of(before_.times.connect_time),
            time_of(after_.times.connect_time), "");
    const bool earlier = after_.times.end_time && *after_.times.end_time != after_.last_heard;
    const bool lost = after_.cause == Cause::lost;
    compare("times.end_time", time_of(before_.times.end_time), time_of(after_.times.end_time),
            after_.times.end_time && (earlier || lost)
                ? "ended " + time_in(zone_, *after_.times.end_time)
                : std::string{});
  }

  void endpoint(const std::string& side, const Endpoint& before, const Endpoint& after) {
    compare(side + ".tag", before.tag, after.tag, spoken(side + " tag", after.tag));
    compare(side + ".sdp", before.sdp, after.sdp, sdp_words(side, before.sdp, after.sdp));
    compare(side + ".content_type", before.content_type, after.content_type, "");
    compare(side + ".user", before.user, after.user,
            first_ ? "" : spoken(side + " user", after.user));
    const bool contact_changed = before.signaling_address != after.signaling_address ||
                                 before.signaling_port != after.signaling_port;
    std::string contact;
    if (contact_changed) {
      contact = after.signaling_address ? side + " contact " + *after.signaling_address + ':' +
                                              number_of(after.signaling_port).value_or("")
                                        : "no " + side + " contact";
    }
    const bool address_changed = before.signaling_address != after.signaling_address;
    compare(side + ".signaling_address", before.signaling_address, after.signaling_address,
            contact);
    if (before.signaling_port != after.signaling_port) {
      add(side + ".signaling_port", number_of(after.signaling_port).value_or("null"),
          address_changed ? std::string{} : contact);
    }
  }

  static std::string sdp_words(const std::string& side, const Text& before, const Text& after) {
    if (!after) return "no " + side + " SDP";
    return side + (before ? " SDP changed" : " SDP");
  }

  const dialog::Dialog& before_;
  const dialog::Dialog& after_;
  Zone zone_;
  bool first_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> changes(const dialog::Dialog& before, const dialog::Dialog& after, Zone zone) {
  return Differences{before, after, zone}.find();
}

std::string words_of(const std::vector<Change>& changes) {
  std::string words;
  for (const Change& change : changes) {
    if (change.words.empty()) continue;
    if (!words.empty()) words += ", ";
    words += change.words;
  }
  return words;
}

}  // namespace drachtio::replay
