#include "apps/camherd-sim/faults/scripted_client.hpp"

#include <boost/asio/buffer.hpp>

#include <charconv>

namespace camherd::faults {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

const byte_vector not_rtp{0x01, 0x02, 0x03};

// What a client does not read is not kept without bound.
constexpr std::size_t most_waiting_bytes = 64 * 1024 * 1024;

}  // namespace

void scripted_client::send_unit(const fed_unit& unit) {
  if (record_.told().silent_after_play || outgoing_bytes_ > most_waiting_bytes) return;
  for (const auto& packet : packetizer_.packets(unit.bytes, unit.timestamp)) {
    send_packet(packet);
  }
}

void scripted_client::send_packet(const byte_vector& packet) {
  const auto& faults = record_.told().faults;
  const auto number = packets_++;
  const auto holds = [number](const std::set<unsigned>& numbers) {
    return numbers.count(number) > 0;
  };
  if (closed_ || closes_when_written_) return;
  if (holds(faults.garbage_before)) send_bytes("\x01\x02garbage\xff\xfe");
  if (holds(faults.stranger_before)) {
    if (udp_[0]) {
      send_as_stranger(packet);
    } else {
      frame(9, not_rtp);
    }
  }
  if (holds(faults.lost)) return;
  if (holds(faults.late)) {
    late_ = packet;
    return;
  }
  if (faults.cut_at == number) {
    closes_when_written_ = true;
    const auto size = packet.size();
    std::string half{'$', 0, static_cast<char>(size >> 8), static_cast<char>(size)};
    half.append(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size / 2));
    send_bytes(std::move(half));
    return;
  }
  impair(holds(faults.broken) ? not_rtp : packet);
  if (holds(faults.doubled)) impair(packet);
  if (late_) {
    impair(*late_);
    late_.reset();
  }
}

void scripted_client::impair(const byte_vector& packet) {
  if (impairment_edition_ != record_.edition()) {
    impairment_edition_ = record_.edition();
    impairment_ = record_.told().impair ? record_.told().impair() : impairment{};
  }
  if (!impairment_) {
    transmit(packet);
    return;
  }
  for (const auto& piece : impairment_(packet)) {
    if (piece.what == wire_piece::kind::rtp) {
      transmit(piece.bytes);
    } else if (piece.what == wire_piece::kind::framed) {
      frame(piece.channel, piece.bytes);
    } else {
      send_bytes({piece.bytes.begin(), piece.bytes.end()});
    }
  }
}

void scripted_client::transmit(const byte_vector& packet) {
  if (!udp_[0]) {
    frame(rtp_channel_, packet);
    return;
  }
  if (record_.told().udp == udp_mode::silent) return;
  error_code ignored;
  udp_[0]->send_to(asio::buffer(packet),
                   {socket_.remote_endpoint(ignored).address(), client_ports_[0]}, 0, ignored);
}

void scripted_client::frame(unsigned channel, const byte_vector& packet) {
  const auto size = packet.size();
  std::string framed{'$', static_cast<char>(channel), static_cast<char>(size >> 8),
                     static_cast<char>(size)};
  framed.append(packet.begin(), packet.end());
  send_bytes(std::move(framed));
}

void scripted_client::send_rtcp(const byte_vector& bytes) {
  if (!udp_[1]) {
    frame(rtp_channel_ + 1, bytes);
    return;
  }
  error_code ignored;
  udp_[1]->send_to(asio::buffer(bytes),
                   {socket_.remote_endpoint(ignored).address(), client_ports_[1]}, 0, ignored);
}

void scripted_client::open_udp(const std::string& client_ports) {
  std::from_chars(client_ports.data(), client_ports.data() + client_ports.size(),
                  client_ports_[0]);
  client_ports_[1] = static_cast<std::uint16_t>(client_ports_[0] + 1);
  for (std::size_t which : {0U, 1U}) {
    udp_[which].emplace(socket_.get_executor(),
                        udp::endpoint{socket_.local_endpoint().address(), 0});
    listen_udp(which);
  }
}

void scripted_client::listen_udp(std::size_t which) {
  udp_[which]->async_receive(
      asio::buffer(datagrams_[which]),
      [self = shared_from_this(), which](const error_code& code, std::size_t size) {
        if (code || self->closed_) return;
        const auto* bytes = self->datagrams_[which].data();
        if (which == 0) {
          self->record_.saw_path_opener();
        } else {
          self->record_.saw_report({bytes, bytes + size});
        }
        self->listen_udp(which);
      });
}

void scripted_client::send_as_stranger(const byte_vector& packet) {
  error_code ignored;
  const auto victim = socket_.remote_endpoint(ignored).address();
  udp::socket stranger{socket_.get_executor(),
                       udp::endpoint{asio::ip::make_address("127.0.0.2"), 0}};
  stranger.send_to(asio::buffer(packet), {victim, client_ports_[0]}, 0, ignored);
}

}  // namespace camherd::faults
