// The operations that wait, with Asio's completion tokens: callbacks, use_future, use_awaitable,
// as_tuple(...). This is the one public header that includes Asio.
//
// Each completes with (error_code, SipMessage), async_call with (error_code, SipDialog,
// SipMessage), async_proxy with (error_code, std::vector<SipMessage>), async_after with
// (error_code), on the handler's associated executor: without one, on
// the Agent's thread. With use_awaitable and use_future an error is thrown as
// boost::system::system_error; as_tuple gives it as a value, with the message that says more.
// Thread-safe, as the members they call.
//
// A cancellation slot gives up async_call and async_after; the other operations are over by
// themselves within 32 s, and take no notice of it. The signal is to be emitted on the handler's
// executor.
//
// g++ 12 destroys an aggregate made within a co_await expression twice: give what is to be sent a
// name of its own before it (`const Content answer{.body = sdp};`).
#pragma once

#include <drachtio/agent.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <memory>
#include <string>
#include <utility>

namespace drachtio {

namespace asio_face {

// A handler that can only be moved, as a std::function wants it.
template <typename Handler>
auto shared(Handler handler) {
  auto kept = std::make_shared<Handler>(std::move(handler));
  // An io_context that the handler is bound to has work until then.
  auto work = boost::asio::make_work_guard(boost::asio::get_associated_executor(*kept));
  return [kept, work = std::move(work)](const boost::system::error_code& error, auto... results) {
    boost::asio::dispatch(work.get_executor(), [kept, error, results...]() mutable {
      std::move (*kept)(error, std::move(results)...);
    });
  };
}

// Begins an operation that the handler's cancellation slot gives up: start(done) begins it, and
// returns what gives it up. `done` is called on the Agent's thread, perhaps twice, and tells the
// handler once, as shared() does.
template <typename Handler, typename Start>
void start_cancellable(Handler handler, Start start) {
  auto slot = boost::asio::get_associated_cancellation_slot(handler);
  auto kept = std::make_shared<Handler>(std::move(handler));
  auto work = boost::asio::make_work_guard(boost::asio::get_associated_executor(*kept));
  const auto give_up = start([slot, kept, work, told = std::make_shared<bool>(false)](
                                 const boost::system::error_code& error, auto... results) {
    if (std::exchange(*told, true)) return;
    boost::asio::dispatch(work.get_executor(), [slot, kept, error, results...]() mutable {
      if (slot.is_connected()) slot.clear();
      std::move (*kept)(error, std::move(results)...);
    });
  });
  if (!slot.is_connected()) return;
  slot.assign([give_up](boost::asio::cancellation_type type) {
    if (type != boost::asio::cancellation_type::none) give_up();
  });
}

template <typename Token, typename Start>
auto answered(Token&& token, Start start) {
  return boost::asio::async_initiate<Token, void(boost::system::error_code, SipMessage)>(
      [start = std::move(start)](auto handler) mutable {
        start(ResponseHandler{[done = shared(std::move(handler))](
                                  const boost::system::error_code& error,
                                  const SipMessage& message) { done(error, message); }});
      },
      token);
}

}  // namespace asio_face

// SipDialog::request
template <typename Token>
auto async_request(SipDialog dialog, std::string method, Content content, Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [dialog = std::move(dialog), method = std::move(method),
       content = std::move(content)](const ResponseHandler& handler) mutable {
        dialog.request(method, std::move(content), handler);
      });
}

// SipDialog::terminate
template <typename Token>
auto async_terminate(SipDialog dialog, Token&& token) {
  return asio_face::answered(std::forward<Token>(token),
                             [dialog = std::move(dialog)](const ResponseHandler& handler) mutable {
                               dialog.terminate(handler);
                             });
}

template <typename Token>
auto async_terminate(SipDialog dialog, Content content, int status, Token&& token) {
  return asio_face::answered(std::forward<Token>(token),
                             [dialog = std::move(dialog), content = std::move(content),
                              status](const ResponseHandler& handler) mutable {
                               dialog.terminate(std::move(content), status, handler);
                             });
}

// SipDialog::modify
template <typename Token>
auto async_modify(SipDialog dialog, Content offer, Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [dialog = std::move(dialog), offer = std::move(offer)](
          const ResponseHandler& handler) mutable { dialog.modify(std::move(offer), handler); });
}
template <typename Token>
auto async_modify(SipDialog dialog, std::string sdp, Token&& token) {
  return async_modify(std::move(dialog), Content{.headers = {}, .body = std::move(sdp)},
                      std::forward<Token>(token));
}

// SipDialog::hold and unhold
template <typename Token>
auto async_hold(SipDialog dialog, Token&& token) {
  return asio_face::answered(std::forward<Token>(token),
                             [dialog = std::move(dialog)](const ResponseHandler& handler) mutable {
                               dialog.hold(handler);
                             });
}
template <typename Token>
auto async_unhold(SipDialog dialog, Token&& token) {
  return asio_face::answered(std::forward<Token>(token),
                             [dialog = std::move(dialog)](const ResponseHandler& handler) mutable {
                               dialog.unhold(handler);
                             });
}

// Response::send
template <typename Token>
auto async_send(const Response& response, int status, Content content, Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [response, status, content = std::move(content)](const ResponseHandler& handler) mutable {
        response.send(status, std::move(content), handler);
      });
}

template <typename Token>
auto async_send(const Response& response, int status, std::string reason, Content content,
                Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [response, status, reason = std::move(reason), content = std::move(content)](
          const ResponseHandler& handler) { response.send(status, reason, content, handler); });
}

// Response::send_reliably: completes with the PRACK.
template <typename Token>
auto async_send_reliably(const Response& response, int status, Content content, Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [response, status, content = std::move(content)](const ResponseHandler& handler) mutable {
        response.send_reliably(status, std::move(content), handler);
      });
}

// Request::proxy: completes with the destinations' final answers.
template <typename Token>
auto async_proxy(const Request& request, std::vector<std::string> destinations,
                 ProxyOptions options, Token&& token) {
  return boost::asio::async_initiate<Token,
                                     void(boost::system::error_code, std::vector<SipMessage>)>(
      [request, destinations = std::move(destinations),
       options = std::move(options)](auto handler) mutable {
        request.proxy(std::move(destinations), std::move(options),
                      [done = asio_face::shared(std::move(handler))](
                          const boost::system::error_code& error,
                          const std::vector<SipMessage>& answers) { done(error, answers); });
      },
      token);
}

// Agent::connect: completes when the link is up for the first time; the message is empty.
template <typename Token>
auto async_connect(Agent& agent, ConnectOptions options, Token&& token) {
  return asio_face::answered(std::forward<Token>(token), [&agent, options = std::move(options)](
                                                             const ResponseHandler& handler) {
    agent.connect(options, handler);
  });
}

// Agent::siprequest: completes with the final answer. Cancelled, an INVITE is given up as by
// SipCall::cancel(), and completes with Errc::cancelled once that is done; any other request goes
// on.
template <typename Token>
auto async_call(Agent& agent, std::string uri, RequestOptions options, Token&& token) {
  return boost::asio::async_initiate<Token, void(boost::system::error_code, SipDialog, SipMessage)>(
      [&agent, uri = std::move(uri), options = std::move(options)](auto handler) mutable {
        asio_face::start_cancellable(std::move(handler), [&](auto done) {
          const SipCall call = agent.siprequest(
              uri, std::move(options),
              [done](const boost::system::error_code& error, const SipDialog& dialog,
                     const SipMessage& message) { done(error, dialog, message); });
          return [call] { call.cancel(); };
        });
      },
      token);
}

// SipCall::cancel
template <typename Token>
auto async_cancel(SipCall call, Headers headers, Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [call = std::move(call), headers = std::move(headers)](const ResponseHandler& handler) {
        call.cancel(headers, handler);
      });
}

// SipCall::ack and prack. A coroutine that awaits async_call has the SipCall by
// RequestOptions::on_call.
template <typename Token>
auto async_ack(SipCall call, std::string sdp, Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [call = std::move(call), sdp = std::move(sdp)](const ResponseHandler& handler) mutable {
        call.ack(std::move(sdp), handler);
      });
}
template <typename Token>
auto async_prack(SipCall call, std::string sdp, Token&& token) {
  return asio_face::answered(
      std::forward<Token>(token),
      [call = std::move(call), sdp = std::move(sdp)](const ResponseHandler& handler) mutable {
        call.prack(std::move(sdp), handler);
      });
}

// Agent::after, as a wait.
template <typename Token>
auto async_after(Agent& agent, std::chrono::milliseconds delay, Token&& token) {
  return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
      [&agent, delay](auto handler) {
        asio_face::start_cancellable(std::move(handler), [&agent, delay](auto done) {
          agent.after(delay, [done] { done({}); });
          return [&agent, done] {
            agent.after(std::chrono::milliseconds{0},
                        [done] { done(boost::asio::error::operation_aborted); });
          };
        });
      },
      token);
}

}  // namespace drachtio
