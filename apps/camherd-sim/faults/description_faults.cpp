#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <utility>

namespace camherd::faults {
namespace {

const std::string answer_start = "RTSP/1.0 200 OK\r\nCSeq: @CSEQ@\r\n";

fault answering(std::string name, std::string does, std::string words, reaction how,
                const std::string& method = "DESCRIBE") {
  script told;
  told.on[method] = {std::move(how)};
  return scripted_fault(std::move(name), 18, std::move(does),
                        {.state = "backoff",
                         .event = "protocol",
                         .words = std::move(words),
                         .counter = "restarts.protocol"},
                        std::move(told));
}

reaction saying(std::string text) {
  reaction how;
  how.what = reaction::act::verbatim;
  how.text = std::move(text);
  return how;
}

reaction never_ending(std::string text, std::string again) {
  auto how = saying(std::move(text));
  how.what = reaction::act::endless;
  how.again = std::move(again);
  return how;
}

reaction with_length(const std::string& length) {
  return saying(answer_start + "Content-Type: application/sdp\r\nContent-Length: " + length +
                "\r\n\r\nv=0\r\n");
}

reaction with_description(const std::string& sdp) {
  return saying(answer_start + "Content-Type: application/sdp\r\nContent-Length: " +
                std::to_string(sdp.size()) + "\r\n\r\n" + sdp);
}

std::string repeated(const std::string& line, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += line;
  return text;
}

}  // namespace

fault_list description_faults() {
  const std::string sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=endless\r\nt=0 0\r\n";
  return {
      answering("sdp-of-1-mb", "describes itself in 1 MB.",
                "is not a number up to the limit of 262144 bytes",
                with_description(sdp + repeated("a=x-filler:0123456789\r\n", 50'000))),
      answering("sdp-without-video", "offers sound only.", "no video that can be decoded",
                with_description(sdp + "m=audio 0 RTP/AVP 0\r\na=control:audio\r\n")),
      answering("sdp-that-is-none", "sends 10 kB of zeros as its description.",
                "session description without a media section",
                with_description(std::string(10'000, '\0'))),
      answering("header-without-end", "sends a header line that never ends.",
                "message header over the limit of",
                never_ending(answer_start + "X-Filler: ", "0123456789"), "OPTIONS"),
      answering("headers-without-end", "sends header lines and never an empty one.",
                "message header over the limit of",
                never_ending(answer_start, "X-Filler: 0123456789\r\n"), "OPTIONS"),
      answering("ten-thousand-headers", "sends 10,000 headers with its answer.",
                "message header over the limit of",
                saying(answer_start + repeated("X: 1\r\n", 10'000) + "\r\n"), "OPTIONS"),
      answering("two-hundred-headers", "sends 200 short headers with its answer.",
                "header fields", saying(answer_start + repeated("X: 1\r\n", 200) + "\r\n"),
                "OPTIONS"),
      answering("content-length-negative", "announces a body of -1 bytes.",
                "is not a number up to the limit of 262144 bytes", with_length("-1")),
      answering("content-length-4-gib", "announces a body of 4 GiB.",
                "is not a number up to the limit of 262144 bytes", with_length("4294967296")),
      answering("content-length-huge", "announces a body of more bytes than any integer holds.",
                "is not a number up to the limit of 262144 bytes",
                with_length(std::string(400, '9'))),
  };
}

}  // namespace camherd::faults
