// SPDX-License-Identifier: Apache-2.0
// Boost.Beast, for the one translation unit that can afford it. <utility> goes first: Asio 1.74 uses std::exchange
// without it.
#pragma once

#include <utility>
//
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace bulwark::console {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace net = boost::asio;
namespace websocket = boost::beast::websocket;
using tcp = boost::asio::ip::tcp;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Error = beast::error_code;

inline beast::tcp_stream& tcp_of(PlainStream& stream) { return stream; }
inline beast::tcp_stream& tcp_of(TlsStream& stream) { return stream.next_layer(); }

}  // namespace bulwark::console
