#include <afk/http/transport_curl.hpp>

#include <afk/core/check.hpp>
#include <afk/http/curl_transfer.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace afk::http {
namespace {

constexpr std::size_t most_in_flight = 20;
constexpr long most_connections_of_host = 8; // where the server does not let requests share one
constexpr long most_kept_connections = 32;

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

using Multi = std::unique_ptr<CURLM, FreeMulti>;

Multi make_multi() {
  Multi multi(curl_multi_init());
  check(multi != nullptr, "libcurl has memory for its handle");
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, most_kept_connections);
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, most_connections_of_host);
  return multi;
}

// One exchange: which requests wait, which are on their way, and what became of the others.
class Exchange {
 public:
  Exchange(CURLM* multi, std::span<const Request> requests, const CurlSettings& settings, const CurlFeatures& features)
      : multi_(multi), requests_(requests), settings_(settings), features_(features), transfers_(requests.size()) {
    std::set<Origin> origins;
    for (std::size_t index = 0; index < requests.size(); ++index) {
      auto checked = check_request(requests[index]);
      results_.emplace_back(checked.ok() ? Error{.kind = ErrorKind::io, .message = "the request was not started"}
                                         : std::move(checked).error());
      if (checked.ok()) {
        waiting_.push_back(index);
        origins.insert(requests[index].url.origin);
      }
    }
    most_of_origin_ = origins.size() > 1 ? most_in_flight / 2 : most_in_flight;
  }

  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  ~Exchange() {
    for (const auto& transfer : transfers_) {
      if (transfer != nullptr) {
        curl_multi_remove_handle(multi_, transfer->handle());
      }
    }
  }

  // Every request has its own deadline, so this ends.
  std::vector<Result<Response>> run() {
    admit();
    while (in_flight_ > 0 || !waiting_.empty()) {
      int running = 0;
      if (curl_multi_perform(multi_, &running) != CURLM_OK) {
        break;
      }
      collect();
      admit();
      if (in_flight_ > 0) {
        constexpr int longest_wait_ms = 1000;
        constexpr int wait_of_waiting_ms = 100; // their deadlines are nobody else's to watch
        curl_multi_poll(multi_, nullptr, 0, waiting_.empty() ? longest_wait_ms : wait_of_waiting_ms, nullptr);
      }
    }
    return std::move(results_);
  }

  // A connection on which nothing came in time may never carry anything again.
  [[nodiscard]] bool has_silent_connection() const { return has_silent_connection_; }

 private:
  void admit() {
    std::vector<std::size_t> still_waiting;
    for (const std::size_t index : waiting_) {
      const Request& request = requests_[index];
      const Duration left = request.limits.total - passed();
      std::size_t& of_origin = in_flight_of_[request.url.origin];
      if (left <= Duration::zero()) {
        results_[index] = Error{.kind = ErrorKind::unreachable,
                                .message = fmt::format("{}: not sent, because the requests before it took all the time",
                                                       render_origin(request.url.origin))};
      } else if (in_flight_ >= most_in_flight || of_origin >= most_of_origin_) {
        still_waiting.push_back(index);
      } else if (start(index, left)) {
        ++in_flight_;
        ++of_origin;
      }
    }
    waiting_ = std::move(still_waiting);
  }

  bool start(std::size_t index, Duration left) {
    auto transfer = std::make_unique<CurlTransfer>(requests_[index], settings_, features_);
    if (transfer->handle() == nullptr) {
      return false;
    }
    transfer->set_time_left(left);
    if (curl_multi_add_handle(multi_, transfer->handle()) != CURLM_OK) {
      return false;
    }
    transfers_[index] = std::move(transfer);
    return true;
  }

  void collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) {
        continue;
      }
      CURL* const easy = message->easy_handle; // the message dies with the handle's removal
      const CURLcode code = message->data.result;
      const auto found =
          std::ranges::find_if(transfers_, [easy](const auto& one) { return one != nullptr && one->handle() == easy; });
      check(found != transfers_.end(), "libcurl finishes only what was started");
      const auto index = static_cast<std::size_t>(found - transfers_.begin());
      has_silent_connection_ = has_silent_connection_ || code == CURLE_OPERATION_TIMEDOUT;
      results_[index] = (*found)->finish(code);
      curl_multi_remove_handle(multi_, easy);
      found->reset();
      --in_flight_;
      --in_flight_of_[requests_[index].url.origin];
    }
  }

  [[nodiscard]] Duration passed() const {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started_);
  }

  CURLM* multi_;
  std::span<const Request> requests_;
  const CurlSettings& settings_;
  const CurlFeatures& features_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::size_t most_of_origin_ = most_in_flight;
  std::vector<std::size_t> waiting_; // in the order asked
  std::vector<std::unique_ptr<CurlTransfer>> transfers_;
  std::size_t in_flight_ = 0;
  std::map<Origin, std::size_t> in_flight_of_;
  std::vector<Result<Response>> results_;
  bool has_silent_connection_ = false;
};

} // namespace

class CurlTransport::Engine {
 public:
  explicit Engine(const CurlSettings& settings) : settings_(settings) {
    check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl can be set up");
    features_ = detect_curl_features(settings);
    multi_ = make_multi();
  }

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  ~Engine() {
    multi_.reset();
    curl_global_cleanup();
  }

  std::vector<Result<Response>> exchange(std::span<const Request> requests) {
    bool has_silent_connection = false;
    std::vector<Result<Response>> results;
    {
      Exchange exchange(multi_.get(), requests, settings_, features_);
      results = exchange.run();
      has_silent_connection = exchange.has_silent_connection();
    }
    if (has_silent_connection) {
      multi_ = make_multi();
    }
    return results;
  }

 private:
  const CurlSettings& settings_;
  CurlFeatures features_;
  Multi multi_;
};

CurlTransport::CurlTransport(CurlSettings settings) : settings_(std::move(settings)) {}

CurlTransport::~CurlTransport() = default;

std::vector<Result<Response>> CurlTransport::exchange(std::span<const Request> requests) {
  if (requests.empty()) {
    return {};
  }
  if (engine_ == nullptr) {
    engine_ = std::make_unique<Engine>(settings_);
  }
  return engine_->exchange(requests);
}

} // namespace afk::http
