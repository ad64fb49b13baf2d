#include <afk/core/config.hpp>

#include <support/catch.hpp>

#include <limits>
#include <string>

namespace afk {

TEST_CASE("sizes have units and one spelling") {
  struct Case {
    std::string text;
    std::int64_t bytes;
    std::string rendered;
  };

  const auto row = GENERATE(values<Case>({{"0B", 0, "0B"},
                                          {"1B", 1, "1B"},
                                          {"1024B", 1024, "1KiB"},
                                          {"1023B", 1023, "1023B"},
                                          {"64MiB", 67'108'864, "64MiB"},
                                          {"1536KiB", 1'572'864, "1536KiB"},
                                          {"10GiB", 10'737'418'240, "10GiB"},
                                          {"1048576GiB", 1'125'899'906'842'624, "1048576GiB"}}));
  INFO(row.text);
  const Result<ByteCount> parsed = parse_byte_count(row.text);
  REQUIRE(parsed.ok());
  CHECK(parsed->bytes == row.bytes);
  CHECK(render_byte_count(*parsed) == row.rendered);
}

TEST_CASE("what is no size is refused") {
  for (const std::string text : {"", "MiB", "64", "64 MiB", "64MB", "64mib", "-1MiB", "+1MiB", "1.5GiB", "0x10B",
                                 "1048577GiB", "9223372036854775807GiB", "99999999999999999999B"}) {
    INFO(text);
    REQUIRE_FALSE(parse_byte_count(text).ok());
    CHECK(parse_byte_count(text).error().kind == ErrorKind::configuration);
  }
}

TEST_CASE("an allowlist entry is a repository, perhaps with its id") {
  const Result<AllowlistEntry> plain = parse_allowlist_entry("Owner/Repo.js");
  REQUIRE(plain.ok());
  CHECK(plain->repository == RepositoryName{.owner = "Owner", .name = "Repo.js"});
  CHECK_FALSE(plain->repository_id.has_value());
  CHECK(render_allowlist_entry(*plain) == "Owner/Repo.js");

  const Result<AllowlistEntry> pinned = parse_allowlist_entry("owner/repo@583231");
  REQUIRE(pinned.ok());
  CHECK(pinned->repository_id == "583231");
  CHECK(render_allowlist_entry(*pinned) == "owner/repo@583231");
  CHECK(*parse_allowlist_entry(render_allowlist_entry(*pinned)) == *pinned);
}

TEST_CASE("an allowlist has no patterns, wherever they stand") {
  for (const std::string text : {"*", "*/*", "owner/*", "*/repo", "owner/re*po", "owner/repo@*"}) {
    INFO(text);
    const Result<AllowlistEntry> entry = parse_allowlist_entry(text);
    REQUIRE_FALSE(entry.ok());
    CHECK(entry.error().message.find("is a pattern") != std::string::npos);
  }
}

TEST_CASE("what is no repository is not allowed") {
  for (const std::string text :
       {"", "owner", "owner/", "/repo", "owner/repo/more", "owner repo", "owner/repo@", "owner/repo@a b", "@1",
        "owner/repo@1@2", "owner/..", "owner/repo@../x", "https://github.com/owner/repo"}) {
    INFO(text);
    REQUIRE_FALSE(parse_allowlist_entry(text).ok());
    CHECK(parse_allowlist_entry(text).error().kind == ErrorKind::configuration);
  }
  CHECK_FALSE(parse_allowlist_entry("owner/repo@" + std::string(65, '1')).ok());
}

TEST_CASE("nothing is open where nothing is written") {
  const Config config;
  CHECK(config.kill_switch == KillSwitch::on);
  CHECK(config.allowlist.empty());
  CHECK(config.trust.labelers.empty());
  CHECK(config.trust.pin_content == TrustSettings::ContentPin::on);
  CHECK(config.trust.comments == TrustSettings::Comments::none);
  CHECK(config.lifecycle.auto_merge == AutoMerge::off);
  CHECK(std::get<ProcessExecutorSettings>(config.executors.at("local")).sandbox ==
        ProcessExecutorSettings::Sandbox::bubblewrap);
}

} // namespace afk
