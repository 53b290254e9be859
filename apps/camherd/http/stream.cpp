#include "apps/camherd/http/stream.hpp"

#include "apps/camherd/http/outbox.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace camherd::http {
namespace {

std::string one_line(std::string_view text) {
  std::string line{text};
  line.erase(std::remove_if(line.begin(), line.end(), is_control), line.end());
  return line;
}

}  // namespace

client_stream::client_stream(std::shared_ptr<outbox> to)
    : to_{to.get(), [kept = to](outbox* box) { box->end(); }} {}

bool client_stream::open() const {
  return to_->open();
}

std::uint64_t client_stream::dropped() const {
  return to_->dropped();
}

void client_stream::on_close(std::function<void()> gone) {
  to_->on_leave(std::move(gone));
}

void client_stream::close() {
  to_->end();
}

std::string to_text(const event& e) {
  std::string text;
  if (!e.name.empty()) text += "event: " + one_line(e.name) + '\n';
  if (!e.id.empty()) text += "id: " + one_line(e.id) + '\n';
  text += "data: ";
  for (std::size_t i = 0; i < e.data.size(); ++i) {
    const char c = e.data[i];
    if (c == '\r' && i + 1 < e.data.size() && e.data[i + 1] == '\n') continue;
    if (c == '\r' || c == '\n') {
      text += "\ndata: ";
    } else {
      text += c;
    }
  }
  return text + "\n\n";
}

bool event_stream::send(const event& e) {
  return to().push({to_text(e), {}, {}});
}

bool event_stream::send(body prepared) {
  return to().push({{}, std::move(prepared), {}});
}

multipart_stream::multipart_stream(std::shared_ptr<outbox> to) : client_stream{std::move(to)} {}

bool multipart_stream::send(std::string_view content_type, body content) {
  stream_piece part;
  part.head = "Content-Type: " + printable(content_type) +
              "\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n";
  part.content = std::move(content);
  // Browsers show a part when they see the boundary behind it: it must not wait for the next.
  part.tail = "\r\n--" + std::string{boundary} + "\r\n";
  return to().push(std::move(part));
}

}  // namespace camherd::http
