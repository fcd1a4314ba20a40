// Who calls whom, and from where: identities, contacts, roles (RFC 3325, 3323, RFC 3261 12).
#include "catch.hpp"
#include "dialog/sip_scenario.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

Party party(const char* user, std::optional<std::string> display = {},
            std::optional<std::string> privacy = {}) {
  return {user, std::move(display), std::move(privacy)};
}

}  // namespace

TEST_CASE("RFC 3325: the calling party is who the network asserts, else who From says",
          "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  SECTION("From") {
    flow << invite();
    CHECK(flow->calling_party == party("ann", "Ann"));
  }
  SECTION("P-Asserted-Identity, the first of several") {
    flow << invite()
                .header("P-Asserted-Identity: \"Lee, A\" <sip:1234@n.example>, <tel:+1234>")
                .header("Remote-Party-ID: <sip:rpid@n.example>;privacy=full");
    CHECK(flow->calling_party == party("1234", "Lee, A", "full"));
  }
  SECTION("P-Asserted-Identity as tel:") {
    flow << invite().header("P-Asserted-Identity: <tel:+15551212;phone-context=example>");
    CHECK(flow->calling_party == party("+15551212"));
  }
  SECTION("P-Asserted-Identity, the first with a sip: or sips: URI") {
    const std::string between = GENERATE(", ", "\r\nP-Asserted-Identity: ");
    const std::string other = GENERATE("<http://x/y>", "\"X\" <urn:service:sos>", "<im:a@x>");
    const std::string scheme = GENERATE("sip", "SIPS");
    flow << invite().header("P-Asserted-Identity: " + other + between + "\"S\" <" + scheme +
                            ":s@h.example>");
    CHECK(flow->calling_party == party("s", "S"));
  }
  SECTION("P-Asserted-Identity, a tel: URI for what the sip: URI lacks") {
    flow << invite().header(
        "P-Asserted-Identity: <http://x/y>, <sip:h.example>, \"Lee\" <tel:+15551212>");
    CHECK(flow->calling_party == party("+15551212", "Lee"));
  }
  SECTION("P-Asserted-Identity in UTF-8, with quotes and without") {
    flow << invite().header("P-Asserted-Identity: Jos\xC3\xA9 P\xC3\xA9rez <sip:jp@n.example>");
    CHECK(flow->calling_party == party("jp", "Jos\xC3\xA9 P\xC3\xA9rez"));
  }
  SECTION("Remote-Party-ID with party=calling, or with none") {
    const std::string says = GENERATE(";party=calling", ";PARTY=Calling", "");
    flow << invite().header("Remote-Party-ID: \"R\" <sip:rpid@n.example>" + says +
                            ";screen=yes;privacy=name");
    CHECK(flow->calling_party == party("rpid", "R", "name"));
  }
  SECTION("Remote-Party-ID of the called party is not the caller's") {
    flow << invite().header("Remote-Party-ID: <sip:x@n.example>;party=called;privacy=full");
    CHECK(flow->calling_party == party("ann", "Ann"));
  }
  SECTION("of two Remote-Party-IDs the caller's") {
    const std::string between = GENERATE(", ", "\r\nRemote-Party-ID: ");
    flow << invite().header("Remote-Party-ID: <sip:x@n.example>;party=called" + between +
                            "<sip:y@n.example>;party=calling;privacy=off");
    CHECK(flow->calling_party == party("y", {}, "off"));
  }
  SECTION("what is no identity is passed over") {
    const std::string nonsense = GENERATE("P-Asserted-Identity:", "P-Asserted-Identity: nonsense",
                                          "P-Asserted-Identity: \"Ann\"", "Remote-Party-ID: <",
                                          "P-Asserted-Identity: \"X\" <http://x/y>",
                                          "Remote-Party-ID: <http://x/y>;party=calling");
    flow << invite().header(nonsense);
    CHECK(flow->calling_party == party("ann", "Ann"));
  }
  CHECK((flow->role == Role::uac ? flow->local.user : flow->remote.user) == "ann");
}

TEST_CASE("RFC 3323: the Privacy header comes before Remote-Party-ID's parameter", "[dialog]") {
  Flow flow{Role::uas};
  flow << invite()
              .from("\"Anonymous\" <sip:anonymous@anonymous.invalid>")
              .header("Privacy: id;user")
              .header("Remote-Party-ID: <sip:y@n.example>;party=calling;privacy=off");
  CHECK(flow->calling_party == party("y", {}, "id;user"));
}

TEST_CASE("RFC 3325: the called party is who the 2xx asserts, else who To says", "[dialog]") {
  Flow flow{GENERATE(Role::uac, Role::uas)};
  flow << invite().header("P-Asserted-Identity: <sip:caller@n.example>").header("Privacy: id");
  CHECK(flow->called_party == party("bob"));
  SECTION("nobody asserts anything") {
    flow << ok();
    CHECK(flow->called_party == party("bob"));
  }
  SECTION("P-Asserted-Identity") {
    flow << ok().header("P-Asserted-Identity: \"Robert\" <sip:4321@n.example>");
    CHECK(flow->called_party == party("4321", "Robert"));
  }
  SECTION("Remote-Party-ID with party=called") {
    flow << ok().header("Remote-Party-ID: <sip:r@n.example>;party=called;privacy=full");
    CHECK(flow->called_party == party("r", {}, "full"));
  }
  SECTION("Remote-Party-ID of nobody, or of the caller, is not the callee's") {
    const std::string says = GENERATE("", ";party=calling");
    flow << ok().header("Remote-Party-ID: <sip:r@n.example>" + says);
    CHECK(flow->called_party == party("bob"));
  }
  SECTION("Privacy alone") {
    flow << ok().header("Privacy: id");
    CHECK(flow->called_party == party("bob", {}, "id"));
  }
  SECTION("not who a 1xx asserts") {
    flow << ringing().header("P-Asserted-Identity: <sip:4321@n.example>");
    CHECK(flow->called_party == party("bob"));
  }
  CHECK(flow->calling_party == party("caller", {}, "id"));
  CHECK((flow->role == Role::uac ? flow->remote.user : flow->local.user) == "bob");
}

TEST_CASE(
    "RFC 3261 12.1: signalling addresses come from the Contacts of the INVITE and its answers",
    "[dialog]") {
  Flow flow{Role::uac};
  flow << invite().contact("sip:ann@192.0.2.1:5062");
  CHECK(flow->local.signaling_address == "192.0.2.1");
  CHECK(flow->local.signaling_port == 5062);
  CHECK_FALSE(flow->remote.signaling_address);
  flow << ringing().contact("sips:bob@[2001:db8::7]");
  CHECK(flow->remote.signaling_address == "2001:db8::7");
  CHECK(flow->remote.signaling_port == 5061);
  flow << ok().contact("sip:bob@192.0.2.7") << ack();
  CHECK(flow->remote.signaling_address == "192.0.2.7");
  CHECK(flow->remote.signaling_port == 5060);
  flow << request(callee, "INFO", 3).contact("sip:bob@elsewhere.example");
  CHECK(flow->remote.signaling_address == "192.0.2.7");
}

TEST_CASE("A callee without a Contact yet has the address the INVITE was received on", "[dialog]") {
  const Said said = invite();
  dialog::Observation seen = observation_of(Role::uas, said, said.text(), {});
  seen.received_on = HostPort{"198.51.100.1", 5090};
  dialog::Dialog state;
  dialog::apply(state, dialog::observe({dialog::Placement::Kind::begins}, seen).value());
  CHECK(state.local.signaling_address == "198.51.100.1");
  CHECK(state.local.signaling_port == 5090);
  CHECK_FALSE(state.remote.signaling_address);
}

TEST_CASE("RFC 3261 12: the program's role, with the creating tag in From or in To", "[dialog]") {
  for (const Role role : {Role::uac, Role::uas}) {
    for (const Side side : {caller, callee}) {
      const Said bye_said = bye(side);
      for (const Said& said : {bye_said, answer(bye_said, 200)}) {
        const dialog::Observation seen = observation_of(role, said, said.text(), {});
        CHECK(dialog::role_of(seen, side == caller) == role);
        CHECK_FALSE(dialog::role_of(seen, side != caller) == role);
      }
    }
  }
}

TEST_CASE("Hairpin: a call that comes back has two dialogs with one Call-ID and From tag",
          "[dialog]") {
  Flow out{Role::uac};
  Flow in{Role::uas};
  out << invite() << ringing() << ok() << ack();
  in << invite() << ringing() << ok() << ack() << bye(callee);
  out << bye(callee);
  CHECK(in->dialog_id == out->dialog_id);
  CHECK(in->role == Role::uas);
  CHECK(out->role == Role::uac);
  CHECK(in->cause == Cause::near_end_release);
  CHECK(out->cause == Cause::far_end_release);
}

TEST_CASE("RFC 2543: a dialog without tags is a dialog", "[dialog]") {
  Flow flow{Role::uas};
  Said said = invite();
  said.caller_tag.clear();
  flow << said;
  CHECK(flow->dialog_id == "call-1@caller.example;from-tag=");
  CHECK_FALSE(flow->remote.tag);
}
